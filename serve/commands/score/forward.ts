import type { Forward, Predictor } from '../../../core/predictor.ts';
import { batchSize, concatRows, sliceRows, type Tensor } from '../../../core/tensor.ts';

/** Inputs in one run of the graphs: enough to keep every core busy, and little memory. */
export const FORWARD_BATCH = 256;

/**
 * h and θ of a whole set, batch by batch.
 * @param input `[N, …]` in the model's units, N ≥ 1
 * @returns `concepts [N, K]`, `relevances [N, K, C]`
 */
export async function forwardAll(
  predictor: Pick<Predictor, 'forward'>,
  input: Tensor,
  onProgress?: (done: number, total: number) => void,
): Promise<Forward> {
  const N = batchSize(input);
  const parts: Forward[] = [];
  for (let start = 0; start < N; start += FORWARD_BATCH) {
    const end = Math.min(start + FORWARD_BATCH, N);
    parts.push(await predictor.forward(sliceRows(input, start, end)));
    onProgress?.(end, N);
  }
  return {
    concepts: concatRows(parts.map(({ concepts }) => concepts)),
    relevances: concatRows(parts.map(({ relevances }) => relevances)),
  };
}
