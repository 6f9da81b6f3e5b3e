/** Resident memory over a run. */

export interface Verdict {
  /** Bytes, after the warm-up. */
  readonly lowest: number;
  readonly highest: number;
  /** Whether no two samples after the warm-up are further apart than the limit. */
  readonly flat: boolean;
}

/** Follows the samples after the warm-up. */
export function memoryWatch(limitBytes: number): { add(bytes: number): void; verdict(): Verdict | undefined } {
  let [lowest, highest] = [Number.POSITIVE_INFINITY, 0];
  return {
    add: (bytes) => {
      lowest = Math.min(lowest, bytes);
      highest = Math.max(highest, bytes);
    },
    verdict: () => (highest === 0 ? undefined : { lowest, highest, flat: highest - lowest <= limitBytes }),
  };
}
