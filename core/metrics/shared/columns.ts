import type { Tensor } from '../../tensor.ts';

/** Concepts by themselves: what each was over a set, without those that were always the same. */

/** A concept over N inputs. */
export interface Column {
  readonly k: number;
  /** `[N]`, in concept units */
  readonly values: Float32Array;
}

/** The concepts that vary over these inputs beyond rounding (1e-6 of their size). @param concepts `[N, K]` */
export function varyingColumns({ shape: [N = 0, K = 0], data }: Tensor): Column[] {
  const columns = Array.from({ length: K }, (_, k): Column => {
    return { k, values: Float32Array.from({ length: N }, (_, n) => data[n * K + k] as number) };
  });
  return columns.filter(({ values }) => {
    const [low, high] = [values.reduce((a, b) => Math.min(a, b)), values.reduce((a, b) => Math.max(a, b))];
    return high - low > 1e-6 * Math.max(1, Math.abs(low), Math.abs(high));
  });
}

/** Every pair of a list, each once. */
export function pairsOf<T>(list: readonly T[]): (readonly [T, T])[] {
  return list.flatMap((a, i) => list.slice(i + 1).map((b) => [a, b] as const));
}

/** Values dealt out anew. @param order `[N]`, a permutation */
export const permuted = (values: Float32Array, order: Int32Array): Float32Array =>
  Float32Array.from(order, (n) => values[n] as number);

export function meanAndVariance(values: ArrayLike<number>): { readonly mean: number; readonly variance: number } {
  const all = Array.from(values);
  const mean = all.reduce((sum, value) => sum + value, 0) / all.length;
  return { mean, variance: all.reduce((sum, value) => sum + (value - mean) ** 2, 0) / all.length };
}
