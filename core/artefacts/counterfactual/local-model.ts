import { deviationOf } from '../../concepts/variation.ts';
import type { Manifest } from '../../manifest.ts';
import { concatRows, rowOf, sliceRows, type Tensor } from '../../tensor.ts';
import { leastMove } from './least-move.ts';

/**
 * A model near a point of its concepts: the logits there, and how they move with each concept. Where θ is the same for
 * every input this is the whole model, and elsewhere what one step of the search stands on.
 */
export interface LocalModel {
  /** `[K]`, where it holds */
  readonly at: readonly number[];
  /** `[C]`, there */
  readonly logits: readonly number[];
  /** `[K][C]`, logits per concept unit */
  readonly slopes: readonly (readonly number[])[];
}

/** Concepts as one tensor `[N, K]`. */
export const tensorOf = (rows: readonly (readonly number[])[]): Tensor => ({
  shape: [rows.length, rows[0]?.length ?? 0],
  data: Float32Array.from(rows.flat()),
});

/** `[C]`, Σ_k θ[k,c]·h[k] */
const logitsOf = (concepts: ArrayLike<number>, relevances: ArrayLike<number>): number[] => {
  const C = relevances.length / concepts.length;
  return Array.from({ length: C }, (_, c) => {
    let sum = 0;
    for (let k = 0; k < concepts.length; k++) sum += (relevances[k * C + c] as number) * (concepts[k] as number);
    return sum;
  });
};

/** The model as θ promises it: move a concept, and the logits move by θ. @param relevances `[K · C]` */
export function promisedModel(at: readonly number[], relevances: ArrayLike<number>): LocalModel {
  const C = relevances.length / at.length;
  return {
    at,
    logits: logitsOf(at, relevances),
    slopes: at.map((_, k) => Array.from({ length: C }, (_, c) => relevances[k * C + c] as number)),
  };
}

/** Of a concept's deviation: the step of a difference, large enough for float32. */
const STEP = 0.02;

/**
 * The model as it is near each of several points, by differences: for a θ that reads the concepts, whose own change
 * moves the logits too.
 * @param points `[N][K]` @param deviations `[K]`; a concept with none does not move, and its slope is θ
 * @param relevancesAt `[M, K]` concepts → `[M, K, C]`
 */
export async function measuredModels(
  points: readonly (readonly number[])[],
  deviations: readonly number[],
  relevancesAt: (concepts: Tensor) => Promise<Tensor>,
): Promise<LocalModel[]> {
  const moved = points.map((point) => {
    const steps = point.map((value, k) =>
      point.map((other, i) => (i === k ? value + STEP * (deviations[k] as number) : other)),
    );
    return tensorOf([point, ...steps]);
  });
  const concepts = concatRows(moved);
  const relevances = await relevancesAt(concepts);
  const K = deviations.length;
  return points.map((at, n) => {
    const [own, thetas] = [concepts, relevances].map((t) => sliceRows(t, n * (K + 1), (n + 1) * (K + 1))) as [
      Tensor,
      Tensor,
    ];
    const { logits, slopes } = promisedModel(at, rowOf(thetas, 0));
    return {
      at,
      logits,
      slopes: slopes.map((promised, k) => {
        const step = (rowOf(own, k + 1)[k] as number) - (rowOf(own, 0)[k] as number);
        if (step === 0) return promised;
        const there = logitsOf(rowOf(own, k + 1), rowOf(thetas, k + 1));
        return there.map((logit, c) => (logit - (logits[c] as number)) / step);
      }),
    };
  });
}

/** By how many logits class t leads the best of all others. */
export function leadOf(logits: readonly number[], t: number): number {
  return (logits[t] as number) - Math.max(...logits.filter((_, c) => c !== t));
}

/** How far a concept may leave the range of the middle 90 % of training inputs, in deviations. */
const BEYOND = 0.5;
/** How far it may be from the mean of the class's own training inputs, in their deviations, where that is known. */
const OF_CLASS = 2;

/**
 * Where each concept may go: to where the training inputs of the class are, where the model's folder says so, else
 * where training inputs are at all. What is drawn of it is then more often of the class for others too
 * (`npm run bench:counterfactual -- --judge DIR`); a decoder that was trained for that (the manifest's `counterfactual`)
 * needs no such help, which costs distance.
 */
function boundsOf({ concepts, profiles, counterfactual }: Moving, t: number): (readonly [low: number, high: number])[] {
  const profile = profiles?.[t];
  if (profile !== undefined && profile.count > 0 && counterfactual === undefined) {
    return profile.concepts.map(
      ({ mean, deviation }) => [mean - OF_CLASS * deviation, mean + OF_CLASS * deviation] as const,
    );
  }
  return concepts.map((concept) => {
    const { q05, q95 } = concept.quantiles;
    const room = BEYOND * deviationOf(concept);
    return [q05 - room, q95 + room] as const;
  });
}

type Moving = Pick<Manifest, 'concepts' | 'profiles' | 'counterfactual'>;

/**
 * The concepts nearest to `from`, in units of their deviations, at which class t leads every other by `margin` if the
 * local model holds: a quadratic program with C − 1 constraints, and the concepts' range as far as it allows any answer.
 * @param from `[K]`
 * @returns `[K]`; `undefined` where no move of the concepts does it
 */
export function nearestWith(
  manifest: Moving,
  from: readonly number[],
  { at, logits, slopes }: LocalModel,
  t: number,
  margin: number,
): number[] | undefined {
  const deviations = manifest.concepts.map(deviationOf);
  const others = logits.map((_, c) => c).filter((c) => c !== t);
  const leads = others.map((c) => {
    const slope = slopes.map((row) => (row[t] as number) - (row[c] as number));
    const lead = slope.reduce(
      (sum, value, k) => sum + value * ((from[k] as number) - (at[k] as number)),
      (logits[t] as number) - (logits[c] as number),
    );
    return { normal: slope.map((value, k) => value * (deviations[k] as number)), least: margin - lead };
  });
  const K = from.length;
  const axis = (k: number, sign: number) => from.map((_, i) => (i === k ? sign : 0));
  const within = boundsOf(manifest, t).flatMap(([low, high], k) => {
    const deviation = deviations[k] as number;
    if (deviation === 0) return [];
    return [
      { normal: axis(k, 1), least: (low - (from[k] as number)) / deviation },
      { normal: axis(k, -1), least: ((from[k] as number) - high) / deviation },
    ];
  });
  const move = leastMove([...leads, ...within], K) ?? leastMove(leads, K);
  return move?.map((u, k) => (from[k] as number) + u * (deviations[k] as number));
}

/** Distance of two points in units of the concepts' deviations; concepts that are constant count for nothing. */
export function distanceBetween(
  { concepts }: Pick<Manifest, 'concepts'>,
  a: ArrayLike<number>,
  b: ArrayLike<number>,
): number {
  return Math.hypot(...movesBetween({ concepts }, a, b));
}

/** `[K]`, from a to b, in units of the concepts' deviations; 0 for a constant concept. */
export function movesBetween(
  { concepts }: Pick<Manifest, 'concepts'>,
  a: ArrayLike<number>,
  b: ArrayLike<number>,
): number[] {
  return concepts.map((concept, k) => {
    const deviation = deviationOf(concept);
    return deviation === 0 ? 0 : ((b[k] as number) - (a[k] as number)) / deviation;
  });
}
