/** Bins of a column: as many as a byte can name. */
export const MOST_BINS = 256;

/** Columns as bin numbers, and where the bins part. N rows, K columns. */
export interface BinnedTable {
  readonly rows: number;
  /** K ascending lists of thresholds: bin b of a column holds the values in `(cuts[b − 1], cuts[b]]` */
  readonly cuts: readonly Float64Array[];
  /** `[N, K]`, row-major */
  readonly bins: Uint8Array;
}

/**
 * Thresholds midway between neighbouring values: between all of them where there are at most `MOST_BINS` different
 * ones, so that nothing is lost; otherwise such that the bins hold about as many rows each.
 * @param values `[N]`
 * @returns at most `MOST_BINS − 1`, ascending
 */
export function cutsOf(values: Float32Array): Float64Array {
  const sorted = Float64Array.from(values).sort();
  const distinct = sorted.filter((value, i) => i === 0 || value !== sorted[i - 1]);
  const of = distinct.length <= MOST_BINS ? distinct : sorted;
  const pieces = Math.min(of.length, MOST_BINS);
  const cuts: number[] = [];
  for (let piece = 1; piece < pieces; piece++) {
    const at = Math.round((piece * of.length) / pieces);
    const [below, above] = [of[at - 1] as number, of[at] as number];
    if (below < above) cuts.push((below + above) / 2);
  }
  return Float64Array.from(cuts);
}

/** Number of thresholds below the value. */
function binOf(cuts: Float64Array, value: number): number {
  let [low, high] = [0, cuts.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((cuts[middle] as number) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** @param columns K columns `[N]` */
export function binRows(columns: readonly Float32Array[], cuts: readonly Float64Array[]): BinnedTable {
  const K = columns.length;
  const N = columns[0]?.length ?? 0;
  const bins = new Uint8Array(N * K);
  columns.forEach((column, k) => {
    for (let n = 0; n < N; n++) bins[n * K + k] = binOf(cuts[k] as Float64Array, column[n] as number);
  });
  return { rows: N, cuts, bins };
}
