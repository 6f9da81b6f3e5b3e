import { attributingGraphs } from '../../core/attributions/index.ts';
import { usualInput } from '../../core/attributions/shared/baseline.ts';
import { forwardAll } from '../../core/forward-all.ts';
import { comparedMetrics } from '../../core/metrics/comparison/index.ts';
import { explanationsOf } from '../../core/metrics/evidence/explanations.ts';
import { isNoValue } from '../../core/metrics/no-value.ts';
import { spreadRows } from '../../core/metrics/shared/spread.ts';
import { attributeBatch, trainingInputs } from '../../core/scoring/attribute.ts';
import { takeRows } from '../../core/tensor.ts';
import { openSession } from '../../serve/inference/onnxruntime.ts';
import { loadPredictor } from '../../serve/models/model-folder.ts';
import type { Dataset } from '../../training/datasets/index.ts';
import { trainingInputs as trainingRows } from '../../training/datasets/scoring/set.ts';
import { type ByExplanation, comparedNames } from './explanations.ts';
import { type Stability, stabilityOf } from './stability.ts';

/** What the explanations of one model are worth on test inputs, by the code of `senn score`. */

export interface HowMany {
  /** Test inputs that are explained, evenly spread over the set. */
  readonly inputs: number;
  /** Of these, those whose explanations are held against near inputs'. */
  readonly near: number;
  /** Rows that an explanation may ask; where absent, its own number. */
  readonly queries?: number | undefined;
  readonly seed: number;
}

export interface Judged extends Stability {
  readonly count: number;
  readonly near: number;
  /** Correlation with what a removal does to the probability, by who removes (core/metrics/comparison). */
  readonly faithfulness: ByExplanation;
  readonly 'faithfulness.input': ByExplanation;
}

/**
 * @param folder a model folder with `gradient.onnx`
 * @throws invalid_model | unsupported_input | inference_failed
 */
export async function judge(
  folder: string,
  { test, train }: Pick<Dataset, 'test' | 'train'>,
  { inputs, near, queries, seed }: HowMany,
): Promise<Judged> {
  const model = await loadPredictor(folder, openSession, (manifest) => attributingGraphs(manifest, comparedNames));
  try {
    const places = spreadRows(test.labels.length, inputs);
    const input = { shape: [places.length, ...test.shape.slice(1)], data: test.gather(places) };
    const explanations = explanationsOf(model.manifest.input, input, await forwardAll(model, input));
    const training = await trainingInputs(model, { training: async (most) => trainingRows(train, most) });
    const asked = { queries, seed, training };
    const attributed = await attributeBatch(model, explanations, { ...asked, attributions: comparedNames, places });
    const [own, byInput] = comparedMetrics.map((metric) =>
      Object.fromEntries(
        comparedNames.flatMap((name) => {
          const values = attributed[name]?.compared[metric];
          return values === undefined || isNoValue(values) ? [] : [[name, values]];
        }),
      ),
    ) as [ByExplanation, ByExplanation];
    const rows = Array.from(spreadRows(places.length, near));
    const stability = await stabilityOf(model, {
      ...asked,
      input: takeRows(input, rows),
      predicted: Int32Array.from(rows, (row) => explanations.predicted[row] as number),
      places: Int32Array.from(rows, (row) => places[row] as number),
      baseline: await usualInput(model, training),
    });
    return { count: places.length, near: rows.length, faithfulness: own, 'faithfulness.input': byInput, ...stability };
  } finally {
    await model.close();
  }
}
