import { median } from '../../statistics.ts';

/** Resident memory over a run. */

export interface Verdict {
  /** Bytes: the lowest and the highest of the windows' medians. */
  readonly lowest: number;
  readonly highest: number;
  /** Whether no window is further above an earlier one than the limit: what falls after a burst has not leaked. */
  readonly flat: boolean;
}

/**
 * Follows the samples after the warm-up by the median of the last `window` of them: a sample goes up and down with the
 * garbage of three heaps and with one large image, by more than a slow leak takes.
 */
export function memoryWatch(
  limitBytes: number,
  window: number,
): { add(bytes: number): void; verdict(): Verdict | undefined } {
  let [lowest, highest, rise] = [Number.POSITIVE_INFINITY, 0, 0];
  const last: number[] = [];
  return {
    add: (bytes) => {
      last.push(bytes);
      if (last.length > window) last.shift();
      if (last.length < window) return;
      const middle = median(last);
      lowest = Math.min(lowest, middle);
      highest = Math.max(highest, middle);
      rise = Math.max(rise, middle - lowest);
    },
    verdict: () => (highest === 0 ? undefined : { lowest, highest, flat: rise <= limitBytes }),
  };
}
