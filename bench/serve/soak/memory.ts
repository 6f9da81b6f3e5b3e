import { median } from '../../statistics.ts';

/** Resident memory over a run. */

export interface Verdict {
  /** Bytes: the lowest and the highest of the windows' medians. */
  readonly lowest: number;
  readonly highest: number;
  /** Whether no two windows are further apart than the limit. */
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
  let [lowest, highest] = [Number.POSITIVE_INFINITY, 0];
  const last: number[] = [];
  return {
    add: (bytes) => {
      last.push(bytes);
      if (last.length > window) last.shift();
      if (last.length < window) return;
      const middle = median(last);
      lowest = Math.min(lowest, middle);
      highest = Math.max(highest, middle);
    },
    verdict: () => (highest === 0 ? undefined : { lowest, highest, flat: highest - lowest <= limitBytes }),
  };
}
