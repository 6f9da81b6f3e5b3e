import { inputShape } from '../../core/manifest.ts';
import type { Predictor } from '../../core/predictor.ts';
import { sizeOf } from '../../core/tensor.ts';

/** Which of a model's runtimes is the fastest here: measured, since a GPU is slower than a core for small graphs. */

/** Predictions that each is timed over, after one that compiles what it needs. */
const RUNS = 3;

/** One of the same model's predictors, by its place in the list, and how long it takes. */
interface Timed {
  readonly predictor: Predictor;
  readonly index: number;
  /** Milliseconds of one prediction with what the model shows by default, the least of a few. */
  readonly time: number;
}

async function timed(open: () => Promise<Predictor>, index: number, now: () => number): Promise<Timed> {
  const predictor = await open();
  try {
    const shape = [1, ...inputShape(predictor.manifest)];
    const input = { shape, data: new Float32Array(sizeOf(shape)) };
    await predictor.predict(input);
    const times: number[] = [];
    for (let run = 0; run < RUNS; run++) {
      const before = now();
      await predictor.predict(input);
      times.push(now() - before);
    }
    return { predictor, index, time: Math.min(...times) };
  } catch (error) {
    await predictor.close();
    throw error;
  }
}

/**
 * The fastest of the same model's predictors; the others are closed, and one that fails is none.
 * @param open a predictor each
 * @param now milliseconds
 * @throws what the last one threw, where none works
 */
export async function fastestOf(open: readonly (() => Promise<Predictor>)[], now: () => number): Promise<Timed> {
  const working: Timed[] = [];
  let failure: unknown;
  for (const [index, one] of open.entries()) {
    try {
      working.push(await timed(one, index, now)); // one after the other, or each would be timed beside the others
    } catch (error) {
      failure = error;
    }
  }
  const [fastest, ...others] = working.sort((a, b) => a.time - b.time);
  await Promise.all(others.map(({ predictor }) => predictor.close()));
  if (fastest === undefined) throw failure;
  return fastest;
}
