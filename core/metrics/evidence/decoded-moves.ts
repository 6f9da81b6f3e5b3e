import { aggregate, contributionsOf, softmax } from '../../artefacts/explanation.ts';
import { hasRange } from '../../concepts/variation.ts';
import { rowsAtOnce } from '../../forward-all.ts';
import { planOf } from '../../graphs.ts';
import { inputShape } from '../../manifest.ts';
import { rowOf } from '../../tensor.ts';
import { type NoValue, noValue } from '../no-value.ts';
import { spreadRows } from '../shared/spread.ts';
import type { Explanations } from './explanations.ts';
import type { ScoredModel } from './scored-model.ts';

/**
 * What becomes of an input when one of its concepts is moved over its range: h[k] is set to five quantiles, the whole is
 * decoded, and the model reads what was decoded. Several metrics look at the same moves, which cost 5·K decodings an
 * input, so they are made once.
 */

/** S inputs, M concepts that have a range, V values each, K concepts in all. */
export interface DecodedMoves {
  /** `[S]`, indices of the scored inputs that were moved */
  readonly rows: Int32Array;
  /** `[M]`, indices of the concepts; constant ones (a bias) cannot be moved */
  readonly moved: readonly number[];
  /** `[M][V]`, what each was set to: q05, q25, q50, q75, q95 over the training set, concept units */
  readonly values: readonly (readonly number[])[];
  /** `[S, M, V]`, logit of the class that was predicted of the input as it is */
  readonly logits: Float64Array;
  /** `[M, V, C]`, probability of each class: mean over the inputs */
  readonly probabilities: Float64Array;
  /** `[M, K]`, slope of each concept, read again, on the one that was moved: mean over the inputs */
  readonly slopes: Float64Array;
  /** `[M, K]`, its absolute value: mean over the inputs */
  readonly absoluteSlopes: Float64Array;
}

/** Inputs that are moved, at most. */
const MOST_INPUTS = 2_000;
/** Decodings in all, at most, so that many concepts make it no longer: fewer inputs are moved instead. */
const MOST_DECODINGS = 200_000;

/**
 * The inputs that are moved: evenly spread over the set.
 * @param count N, of the scored inputs
 * @param decodings that one input costs
 */
export const rowsToMove = (count: number, decodings: number): Int32Array =>
  spreadRows(count, Math.min(MOST_INPUTS, Math.ceil(MOST_DECODINGS / decodings)));

type Options = { readonly onProgress?: ((done: number, total: number) => void) | undefined };

/** Slopes of V readings of every concept on the values of the one that was moved: least squares. @param h `[V][K]` */
function slopesOf(values: readonly number[], h: readonly Float32Array[]): Float64Array {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const deviations = values.map((value) => value - mean);
  const squares = deviations.reduce((sum, d) => sum + d * d, 0);
  const K = h[0]?.length ?? 0;
  return Float64Array.from({ length: K }, (_, j) => {
    const covariance = deviations.reduce((sum, d, i) => sum + d * (h[i]?.[j] as number), 0);
    return covariance / squares;
  });
}

async function move(
  model: ScoredModel,
  { concepts, predicted }: Explanations,
  { onProgress }: Options,
): Promise<DecodedMoves | NoValue> {
  const { manifest } = model;
  if (planOf(manifest.graphs, ['concepts'], ['reconstruction']) === undefined) {
    return noValue('the model has no decoder to show a moved concept');
  }
  const moved = manifest.concepts.flatMap((concept, k) => (hasRange(concept) ? [k] : []));
  if (moved.length === 0) return noValue('no concept of the model has a range that it could be moved over');
  const values = moved.map((k) => {
    const { q05, q25, q50, q75, q95 } = (manifest.concepts[k] as (typeof manifest.concepts)[number]).quantiles;
    return [q05, q25, q50, q75, q95];
  });
  const [K, C, M, V] = [manifest.concepts.length, manifest.classes.length, moved.length, 5];
  const rows = rowsToMove(predicted.length, M * V);
  const S = rows.length;
  const logits = new Float64Array(S * M * V);
  const probabilities = new Float64Array(M * V * C);
  const [slopes, absoluteSlopes] = [new Float64Array(M * K), new Float64Array(M * K)];
  // A move is the V values of one concept of one input; a bounded number of them is decoded at a time.
  const atOnce = Math.max(1, Math.floor(rowsAtOnce(inputShape(manifest)) / V));
  for (let start = 0; start < S * M; start += atOnce) {
    const count = Math.min(atOnce, S * M - start);
    const data = new Float32Array(count * V * K);
    for (let i = 0; i < count; i++) {
      const [s, m] = [Math.floor((start + i) / M), (start + i) % M];
      for (let v = 0; v < V; v++) {
        data.set(rowOf(concepts, rows[s] as number), (i * V + v) * K);
        data[(i * V + v) * K + (moved[m] as number)] = values[m]?.[v] as number;
      }
    }
    const read = await model.forward(await model.decode({ shape: [count * V, K], data }));
    for (let i = 0; i < count; i++) {
      const [s, m] = [Math.floor((start + i) / M), (start + i) % M];
      const c = predicted[rows[s] as number] as number;
      const h = Array.from({ length: V }, (_, v) => rowOf(read.concepts, i * V + v));
      h.forEach((one, v) => {
        const own = aggregate(contributionsOf(one, rowOf(read.relevances, i * V + v)));
        logits[(start + i) * V + v] = own[c] as number;
        softmax(own).forEach((p, j) => {
          const at = (m * V + v) * C + j;
          probabilities[at] = (probabilities[at] as number) + p / S;
        });
      });
      slopesOf(values[m] as readonly number[], h).forEach((slope, j) => {
        slopes[m * K + j] = (slopes[m * K + j] as number) + slope / S;
        absoluteSlopes[m * K + j] = (absoluteSlopes[m * K + j] as number) + Math.abs(slope) / S;
      });
    }
    onProgress?.(Math.floor((start + count) / M), S);
  }
  return { rows, moved, values, logits, probabilities, slopes, absoluteSlopes };
}

/** Moved when first asked for, by whichever metric that is. @returns what throws invalid_model | inference_failed */
export function decodedMoves(
  model: ScoredModel,
  explanations: Explanations,
): (onProgress?: Options['onProgress']) => Promise<DecodedMoves | NoValue> {
  let known: Promise<DecodedMoves | NoValue> | undefined;
  return (onProgress) => {
    known ??= move(model, explanations, { onProgress });
    return known;
  };
}
