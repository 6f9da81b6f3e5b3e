import { aggregate, argmax, contributionsOf } from '../../artefacts/explanation.ts';
import type { RandomStream } from '../../random.ts';
import { unitInput } from '../../tables/unit-input.ts';
import { rowOf } from '../../tensor.ts';
import { boxAround } from '../search/box.ts';
import { uniform } from '../search/draws.ts';
import { readEach } from '../shared/read-each.ts';
import { distance, norm } from '../shared/vectors.ts';
import type { Explanations } from './explanations.ts';
import type { ScoredModel } from './scored-model.ts';

/**
 * What becomes of an explanation when its input is changed a little at random. Several metrics look at the same changed
 * inputs, so they are drawn, and read by the model, once.
 */

/** A changed input x′ beside the input x; c is the class predicted of x, θ_c its column of θ, a its contributions. */
export interface Change {
  /** ‖θ_c(x′) − θ_c(x)‖, logits per concept unit */
  readonly relevances: number;
  /** ‖h(x′) − h(x)‖, concept units */
  readonly concepts: number;
  /** Each as a share of the length that the vector has for x; NaN where that is 0. Inputs are in [0, 1] (`unitInput`). */
  readonly relative: {
    readonly input: number;
    readonly concepts: number;
    readonly relevances: number;
    readonly contributions: number;
    readonly logits: number;
  };
  /** Whether the predicted class is still c. */
  readonly sameClass: boolean;
}

/** `[N][20]` */
export type Ball = readonly (readonly Change[])[];

/** How far a value moves at most, in units of its range. */
export const EPSILON = 0.1;
/** Changed inputs an input. */
export const SAMPLES = 20;

/** What of an input is compared. */
interface Side {
  readonly unit: Float32Array;
  readonly h: Float32Array;
  readonly theta: readonly number[];
  readonly a: readonly number[];
  readonly logits: readonly number[];
}

const columnOf = (theta: Float32Array, K: number, c: number): number[] => {
  const C = theta.length / K;
  return Array.from({ length: K }, (_, k) => theta[k * C + c] as number);
};

/** ‖changed − own‖ / ‖own‖ */
const share = (changed: ArrayLike<number>, own: ArrayLike<number>): number => {
  const length = norm(own);
  return length === 0 ? Number.NaN : distance(changed, own) / length;
};

const changeOf = (own: Side, changed: Side, c: number): Change => ({
  relevances: distance(changed.theta, own.theta),
  concepts: distance(changed.h, own.h),
  relative: {
    input: share(changed.unit, own.unit),
    concepts: share(changed.h, own.h),
    relevances: share(changed.theta, own.theta),
    contributions: share(changed.a, own.a),
    logits: share(changed.logits, own.logits),
  },
  sameClass: argmax(changed.logits) === c,
});

async function sample(
  model: ScoredModel,
  { input, unitInput: unit, concepts, relevances, predicted }: Explanations,
  randomOf: (n: number) => RandomStream,
  onProgress?: (done: number, total: number) => void,
): Promise<Ball> {
  const N = predicted.length;
  const description = model.manifest.input;
  const ball = Array.from({ length: N }, () => [] as Change[]);
  const pending = new Map<number, Float32Array>();
  let random = randomOf(0);
  await readEach(model, 'input', {
    count: N * SAMPLES,
    fill: (i, row) => {
      const n = Math.floor(i / SAMPLES);
      if (i % SAMPLES === 0) random = randomOf(n);
      const { low, high } = boxAround(description, rowOf(input, n), EPSILON);
      for (let d = 0; d < row.length; d++) {
        row[d] = (low[d] as number) + uniform(random) * ((high[d] as number) - (low[d] as number));
      }
      pending.set(i, row);
    },
    visit: (i, h, theta) => {
      const n = Math.floor(i / SAMPLES);
      const c = predicted[n] as number;
      const row = pending.get(i) as Float32Array;
      pending.delete(i);
      const sideOf = (unitRow: Float32Array, ownH: Float32Array, ownTheta: Float32Array): Side => {
        const contributions = contributionsOf(ownH, ownTheta);
        const column = columnOf(ownTheta, ownH.length, c);
        return {
          unit: unitRow,
          h: ownH,
          theta: column,
          a: contributions.map((each) => each[c] as number),
          logits: aggregate(contributions),
        };
      };
      const changedUnit = unitInput(description, { shape: [1, row.length], data: row }).data;
      const own = sideOf(rowOf(unit, n), rowOf(concepts, n), rowOf(relevances, n));
      ball[n]?.push(changeOf(own, sideOf(changedUnit, h, theta), c));
    },
    onProgress: (done) => onProgress?.(Math.floor(done / SAMPLES), N),
  });
  return ball;
}

/**
 * Drawn when first asked for, by whichever metric that is.
 * @param randomOf the stream of input n
 * @returns what throws invalid_model | inference_failed
 */
export function randomBall(
  model: ScoredModel,
  explanations: Explanations,
  randomOf: (n: number) => RandomStream,
): (onProgress?: (done: number, total: number) => void) => Promise<Ball> {
  let known: Promise<Ball> | undefined;
  return (onProgress) => {
    known ??= sample(model, explanations, randomOf, onProgress);
    return known;
  };
}
