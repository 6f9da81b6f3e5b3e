import type { Patch } from '../../attributions/patches.ts';
import { ask } from '../../attributions/shared/ask.ts';
import { inputShape } from '../../manifest.ts';
import { rowOf } from '../../tensor.ts';
import type { Explanations } from '../evidence/explanations.ts';
import type { ScoredModel } from '../evidence/scored-model.ts';
import { complement } from '../shared/probability.ts';

/** What becomes of the prediction when a part of the input itself is taken away. */

export interface PartsRemoved {
  /** The parts of input n, each of which is taken away alone. */
  readonly partsOf: (n: number) => readonly Patch[];
  /** One input, flat, in the model's units: what a removed part is set to. */
  readonly baseline: Float32Array;
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

/**
 * 1 − p of each input as it is and without each of its parts, the model run anew on each; p is the probability of the
 * predicted class. A bounded number of rows runs at a time.
 * @returns `[N][1 + parts]`
 * @throws shape_mismatch | invalid_model | inference_failed
 */
export async function complementsWithout(
  model: ScoredModel,
  { input, predicted }: Pick<Explanations, 'input' | 'predicted'>,
  { partsOf, baseline, onProgress }: PartsRemoved,
): Promise<number[][]> {
  const asked = Array.from(predicted).flatMap((_, n) => [
    { n, part: undefined },
    ...partsOf(n).map((part) => ({ n, part })),
  ]);
  const complements = await ask(
    model,
    {
      count: asked.length,
      shape: inputShape(model.manifest),
      fill: (i, row) => {
        const { n = 0, part } = asked[i] ?? {};
        row.set(rowOf(input, n));
        for (const at of part?.values ?? []) row[at] = baseline[at] as number;
        if (asked[i + 1]?.n !== n) onProgress?.(n + 1, predicted.length);
      },
      classOf: (i) => predicted[asked[i]?.n ?? 0] as number,
    },
    complement,
  );
  const results: number[][] = Array.from(predicted, () => []);
  asked.forEach(({ n }, i) => {
    results[n]?.push(complements[i] as number);
  });
  return results;
}
