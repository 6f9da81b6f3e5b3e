import { logitsOf, softmax } from '../../artefacts/explanation.ts';
import { rowsAtOnce } from '../../forward-all.ts';
import type { Predictor } from '../../predictor.ts';
import { rowOf, sizeOf, type Tensor } from '../../tensor.ts';

/** What the model answers to many changed inputs: a bounded number of rows at a time through the session. */

/** Rows that are made only when their batch runs. */
export interface Questions {
  readonly count: number;
  /** Shape of one row, as the model takes it. */
  readonly shape: readonly number[];
  /** Writes question i into its row, which holds zeros. Called once each, in rising order. */
  readonly fill: (i: number, row: Float32Array) => void;
  /** The class that question i is about. */
  readonly classOf: (i: number) => number;
}

/** What is told of an answer. @param logits `[C]` @param c the asked class */
export type Quantity = (logits: ArrayLike<number>, c: number) => number;

export const logitOf: Quantity = (logits, c) => logits[c] as number;
export const probabilityOf: Quantity = (logits, c) => softmax(logits)[c] as number;

/**
 * What the model answers to each question, as a number of the asked class.
 * @returns `[count]`
 * @throws shape_mismatch | invalid_model | inference_failed
 */
export async function ask(
  predictor: Pick<Predictor, 'forward'>,
  { count, shape, fill, classOf }: Questions,
  quantity: Quantity,
): Promise<Float64Array> {
  const answers = new Float64Array(count);
  const width = sizeOf(shape);
  const atOnce = rowsAtOnce(shape);
  for (let start = 0; start < count; start += atOnce) {
    const rows = Math.min(atOnce, count - start);
    const batch: Tensor = { shape: [rows, ...shape], data: new Float32Array(rows * width) };
    for (let i = 0; i < rows; i++) fill(start + i, rowOf(batch, i));
    const { concepts, relevances } = await predictor.forward(batch);
    for (let i = 0; i < rows; i++) {
      const logits = logitsOf(rowOf(concepts, i), rowOf(relevances, i));
      answers[start + i] = quantity(logits, classOf(start + i));
    }
  }
  return answers;
}
