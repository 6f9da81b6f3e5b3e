/**
 * Solves `A x = b` by Cholesky's decomposition.
 * @param A `[D, D]`, symmetric and positive definite; its lower triangle is overwritten by the factor L of A = L Lᵀ
 * @param b `[D]`
 * @returns x, `[D]`
 */
export function solvePositiveDefinite(A: Float64Array, b: Float64Array): Float64Array {
  const D = b.length;
  const at = (i: number, j: number): number => A[i * D + j] as number;
  for (let i = 0; i < D; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = at(i, j);
      for (let k = 0; k < j; k++) sum -= at(i, k) * at(j, k);
      A[i * D + j] = i === j ? Math.sqrt(sum) : sum / at(j, j);
    }
  }
  const x = b.slice();
  for (let i = 0; i < D; i++) {
    let sum = x[i] as number;
    for (let k = 0; k < i; k++) sum -= at(i, k) * (x[k] as number);
    x[i] = sum / at(i, i);
  }
  for (let i = D - 1; i >= 0; i--) {
    let sum = x[i] as number;
    for (let k = i + 1; k < D; k++) sum -= at(k, i) * (x[k] as number);
    x[i] = sum / at(i, i);
  }
  return x;
}
