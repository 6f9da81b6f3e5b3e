import { rowsAtOnce } from '../../forward-all.ts';
import { inputShape } from '../../manifest.ts';
import { rowOf } from '../../tensor.ts';
import type { ScoredModel } from '../evidence/scored-model.ts';

/** How metrics look again: rows that are made as they are needed go through the model a bounded number at a time. */

export interface Rows {
  /** How many. */
  readonly count: number;
  /** Writes row i, which holds 0 everywhere before. */
  readonly fill: (i: number, row: Float32Array) => void;
  /** Takes what the model makes of row i: h `[K]` and θ `[K · C]`; they share memory with their batch. */
  readonly visit: (i: number, concepts: Float32Array, relevances: Float32Array) => void;
  /** Called now and then with the rows done. */
  readonly onProgress?: ((done: number) => void) | undefined;
}

/**
 * Reads rows that are inputs, or concepts that are decoded first.
 * @param from `input`: rows are `[…]` in the model's units; `concepts`: rows are `[K]`, unit-free
 * @throws invalid_model | inference_failed
 */
export async function readEach(
  model: ScoredModel,
  from: 'input' | 'concepts',
  { count, fill, visit, onProgress }: Rows,
): Promise<void> {
  const shape = inputShape(model.manifest);
  const given = from === 'input' ? shape : [model.manifest.concepts.length];
  const width = given.reduce((product, size) => product * size, 1);
  const atOnce = rowsAtOnce(shape);
  for (let start = 0; start < count; start += atOnce) {
    const rows = Math.min(atOnce, count - start);
    const data = new Float32Array(rows * width);
    for (let i = 0; i < rows; i++) fill(start + i, data.subarray(i * width, (i + 1) * width));
    const made = { shape: [rows, ...given], data };
    const { concepts, relevances } = await model.forward(from === 'input' ? made : await model.decode(made));
    for (let i = 0; i < rows; i++) visit(start + i, rowOf(concepts, i), rowOf(relevances, i));
    onProgress?.(start + rows);
  }
}
