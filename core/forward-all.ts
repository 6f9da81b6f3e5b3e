import type { Forward, Predictor } from './predictor.ts';
import { batchSize, concatRows, sizeOf, sliceRows, type Tensor } from './tensor.ts';

/** Whole sets through the graphs in batches: what scoring and attributing are made of. */

/** Inputs in one run of the graphs: enough to keep every core busy, and little memory. */
export const FORWARD_BATCH = 256;

/** Values that one run is fed at most, unless a single input is more: 8 MiB. */
const VALUES_AT_ONCE = 2 ** 21;

/** Rows that go through the graphs together, so that memory is bounded for large inputs too. @param shape of a row */
export function rowsAtOnce(shape: readonly number[]): number {
  return Math.max(1, Math.min(FORWARD_BATCH, Math.floor(VALUES_AT_ONCE / sizeOf(shape))));
}

/**
 * h and θ of a whole set, batch by batch.
 * @param input `[N, …]` in the model's units, N ≥ 1
 * @returns `concepts [N, K]`, `relevances [N, K, C]`
 * @throws shape_mismatch | invalid_model | inference_failed
 */
export async function forwardAll(
  predictor: Pick<Predictor, 'forward'>,
  input: Tensor,
  onProgress?: (done: number, total: number) => void,
): Promise<Forward> {
  const N = batchSize(input);
  const rows = rowsAtOnce(input.shape.slice(1));
  const parts: Forward[] = [];
  for (let start = 0; start < N; start += rows) {
    const end = Math.min(start + rows, N);
    parts.push(await predictor.forward(sliceRows(input, start, end)));
    onProgress?.(end, N);
  }
  return {
    concepts: concatRows(parts.map(({ concepts }) => concepts)),
    relevances: concatRows(parts.map(({ relevances }) => relevances)),
  };
}
