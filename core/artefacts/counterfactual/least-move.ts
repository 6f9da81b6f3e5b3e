/**
 * The shortest vector that satisfies linear inequalities, exactly: the problem "least distance" of Lawson & Hanson
 * ("Solving Least Squares Problems", 1974, ch. 23), solved in its dual by non-negative least squares. A counterfactual
 * is one: of all moves of the concepts that make a class win, the shortest.
 */

/** `normal · u ≥ least` */
export interface Inequality {
  /** `[K]` */
  readonly normal: readonly number[];
  readonly least: number;
}

/** A move that is so many times as long as the farthest single inequality is away is taken for none. */
const FARTHEST = 1e4;
/** How much of its length an inequality may lack, for rounding. */
const LACKING = 1e-7;
/** Of a pivot or a gradient: what is less is zero. */
const ZERO = 1e-12;

const dot = (a: readonly number[], b: readonly number[]): number =>
  a.reduce((sum, value, i) => sum + value * (b[i] as number), 0);

/**
 * @param inequalities each with a normal `[K]`
 * @param K dimensions
 * @returns `[K]`, the shortest u that satisfies all; `undefined` where none does
 */
export function leastMove(inequalities: readonly Inequality[], K: number): number[] | undefined {
  const rows: Inequality[] = [];
  for (const { normal, least } of inequalities) {
    const length = Math.sqrt(dot(normal, normal));
    if (length > ZERO) rows.push({ normal: normal.map((value) => value / length), least: least / length });
    else if (least > ZERO) return undefined;
  }
  // in units of the farthest inequality, so that neither scale nor distance costs digits
  const unit = Math.max(0, ...rows.map(({ least }) => least));
  if (unit <= ZERO) return new Array<number>(K).fill(0);
  const leasts = rows.map(({ least }) => least / unit);
  const gram = rows.map((a, i) =>
    rows.map((b, j) => dot(a.normal, b.normal) + (leasts[i] as number) * (leasts[j] as number)),
  );
  const weights = nonNegativeLeastSquares(gram, leasts);
  const room = 1 - dot(weights, leasts);
  if (room < 1 / FARTHEST ** 2) return undefined;
  const move = Array.from(
    { length: K },
    (_, k) => rows.reduce((sum, { normal }, i) => sum + (normal[k] as number) * (weights[i] as number), 0) / room,
  );
  const isShort = rows.some(({ normal }, i) => dot(normal, move) < (leasts[i] as number) - LACKING);
  return isShort ? undefined : move.map((value) => value * unit);
}

/**
 * Non-negative least squares by its normal equations (Lawson & Hanson 1974, ch. 23, algorithm NNLS).
 * @param gram `[M][M]`, EᵀE @param target `[M]`, Eᵀf
 * @returns `[M]`, the y ≥ 0 for which ‖E·y − f‖ is least
 */
function nonNegativeLeastSquares(gram: readonly (readonly number[])[], target: readonly number[]): number[] {
  const M = target.length;
  let solution = new Array<number>(M).fill(0);
  let passive: number[] = [];
  const barred = new Set<number>();
  for (let round = 0; round < 3 * M; round++) {
    const gradient = target.map((value, i) => value - dot(gram[i] as readonly number[], solution));
    const candidates = gradient.map((_, i) => i).filter((i) => !passive.includes(i) && !barred.has(i));
    const entering = candidates.reduce(
      (best, i) => ((gradient[i] as number) > (gradient[best] ?? ZERO) ? i : best),
      -1,
    );
    if (entering < 0) break;
    passive = [...passive, entering];
    for (;;) {
      const free = solved(gram, target, passive);
      if (free === undefined) {
        barred.add(entering); // it says what others say already
        passive = passive.filter((i) => i !== entering);
        break;
      }
      const wrong = passive.filter((i) => (free[i] as number) <= 0);
      if (wrong.length === 0) {
        solution = free;
        break;
      }
      const from = solution;
      const share = Math.min(
        ...wrong.map((i) => (from[i] as number) / ((from[i] as number) - (free[i] as number) || 1)),
      );
      const moved = from.map((value, i) => value + share * ((free[i] as number) - value));
      passive = passive.filter((i) => (moved[i] as number) > ZERO);
      solution = moved.map((value, i) => (passive.includes(i) ? value : 0));
      if (passive.length === 0) break;
    }
  }
  return solution;
}

/** `gram·y = target` over the indices of `passive`, by Cholesky; 0 elsewhere. `undefined` where it is singular. */
function solved(
  gram: readonly (readonly number[])[],
  target: readonly number[],
  passive: readonly number[],
): number[] | undefined {
  const lower: number[][] = [];
  for (const [r, i] of passive.entries()) {
    const row: number[] = [];
    for (let c = 0; c <= r; c++) {
      const above = lower[c] ?? row;
      let sum = gram[i]?.[passive[c] as number] as number;
      for (let k = 0; k < c; k++) sum -= (row[k] as number) * (above[k] as number);
      if (c < r) row.push(sum / (above[c] as number));
      else if (sum <= ZERO) return undefined;
      else row.push(Math.sqrt(sum));
    }
    lower.push(row);
  }
  const y = passive.map((i) => target[i] as number);
  for (let r = 0; r < y.length; r++) {
    for (let k = 0; k < r; k++) y[r] = (y[r] as number) - (lower[r]?.[k] as number) * (y[k] as number);
    y[r] = (y[r] as number) / (lower[r]?.[r] as number);
  }
  for (let r = y.length - 1; r >= 0; r--) {
    for (let k = r + 1; k < y.length; k++) y[r] = (y[r] as number) - (lower[k]?.[r] as number) * (y[k] as number);
    y[r] = (y[r] as number) / (lower[r]?.[r] as number);
  }
  const all = new Array<number>(target.length).fill(0);
  passive.forEach((i, r) => {
    all[i] = y[r] as number;
  });
  return all;
}
