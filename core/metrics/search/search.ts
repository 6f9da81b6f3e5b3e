import { aggregate, argmax, contributionsOf } from '../../artefacts/explanation.ts';
import { rowsAtOnce } from '../../forward-all.ts';
import { inputShape } from '../../manifest.ts';
import { rowOf } from '../../tensor.ts';
import type { ScoredModel } from '../evidence/scored-model.ts';

/**
 * Searches that ask a model one question after the other, without its gradients. Each is a generator that yields the input it wants
 * read and is handed what the model makes of it; many run side by side, so that their questions go through the model in batches.
 */

/** What the model makes of an input. */
export interface Reading {
  /** `[K]` */
  readonly h: Float32Array;
  /** `[K · C]` */
  readonly theta: Float32Array;
  /** `[K][C]` */
  readonly contributions: readonly (readonly number[])[];
  /** `[C]` */
  readonly logits: readonly number[];
  readonly predicted: number;
}

/** Yields inputs, flat, in the model's units; may write into the same memory again once it is answered. */
export type Search<Result> = Generator<Float32Array, Result, Reading>;

/** Inputs that searches start from, at most: each costs hundreds of questions. */
export const MOST_SEARCHED = 200;

function readingOf(h: Float32Array, theta: Float32Array): Reading {
  const contributions = contributionsOf(h, theta);
  const logits = aggregate(contributions);
  return { h: h.slice(), theta: theta.slice(), contributions, logits, predicted: argmax(logits) };
}

/** Runs all searches to their ends. @returns their results, in order @throws invalid_model | inference_failed */
export async function runSearches<Result>(
  model: Pick<ScoredModel, 'manifest' | 'forward'>,
  searches: readonly Search<Result>[],
  onProgress?: ((done: number, total: number) => void) | undefined,
): Promise<Result[]> {
  const shape = inputShape(model.manifest);
  const results = new Array<Result>(searches.length);
  let open: { readonly i: number; readonly asked: Float32Array }[] = [];
  const settle = (i: number, step: IteratorResult<Float32Array, Result>): void => {
    if (step.done) results[i] = step.value;
    else open.push({ i, asked: step.value });
  };
  searches.forEach((search, i) => {
    settle(i, search.next(undefined as unknown as Reading)); // the first value handed to a generator is not seen by it
  });
  const atOnce = rowsAtOnce(shape);
  while (open.length > 0) {
    const asking = open;
    open = [];
    for (let start = 0; start < asking.length; start += atOnce) {
      const batch = asking.slice(start, start + atOnce);
      const width = batch[0]?.asked.length ?? 0;
      const data = new Float32Array(batch.length * width);
      batch.forEach(({ asked }, row) => {
        data.set(asked, row * width);
      });
      const { concepts, relevances } = await model.forward({ shape: [batch.length, ...shape], data });
      batch.forEach(({ i }, row) => {
        settle(i, (searches[i] as Search<Result>).next(readingOf(rowOf(concepts, row), rowOf(relevances, row))));
      });
    }
    onProgress?.(searches.length - open.length, searches.length);
  }
  return results;
}
