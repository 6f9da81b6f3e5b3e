import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { attributions } from '../../core/attributions/index.ts';
import { partsOf, superpixelsAsked } from '../../core/attributions/shared/parts.ts';
import { superpixelsOf } from '../../core/images/regions/slic.ts';
import type { Predictor } from '../../core/predictor.ts';
import { randomStream } from '../../core/random.ts';
import { rowOf, tensor } from '../../core/tensor.ts';
import { sessionOpener } from '../../serve/inference/onnxruntime.ts';
import { loadPredictor } from '../../serve/models/model-folder.ts';
import { openScoringSource } from '../../training/datasets/scoring.ts';
import { expectClose } from '../helpers/close.ts';
import { testModels } from '../helpers/models.ts';
import { rowsOf } from '../helpers/table-rows.ts';
import { askPython, pythonWith } from './python.ts';
import { expectSame } from './sampled.ts';

/** Our KernelSHAP and LIME beside the packages `shap` and `lime`, on the same ONNX graphs. */

const { python, hasPackages } = await pythonWith('SENN_EXPLAINERS', 'lime', 'onnxruntime', 'shap', 'skimage');

const SEEDS = 8;

interface Answers {
  readonly table: { readonly shap: number[][]; readonly exact: number[][]; readonly lime: number[][][] };
  readonly image: { readonly lime: number[][]; readonly agreement: number; readonly segments: number };
}

const askPackages = <Name extends keyof Answers>(model: string, question: Record<Name, unknown>): Promise<Answers> =>
  askPython(python, 'explainers.py', { model: join(testModels, model, 'model.onnx'), seeds: SEEDS, ...question });

const openModel = (name: string): Promise<Predictor> => loadPredictor(join(testModels, name), sessionOpener());

async function predictedOf(predictor: Predictor, input: Parameters<Predictor['predict']>[0]): Promise<Int32Array> {
  const predictions = await predictor.predict(input, { explain: [] });
  return Int32Array.from(predictions, ({ index }) => index);
}

/**
 * Rows with no two alike in any column. In a quarter of the rows that are all alike, as of an indicator, lime 0.2.0.1 draws a
 * z-score where the value belongs, and ours the value; here there is none.
 */
function scatteredRowsOf({ manifest }: Predictor, count: number, seed: number) {
  if (manifest.input.kind !== 'tabular') throw new Error('a model of a table');
  const random = randomStream(seed);
  const { features } = manifest.input;
  const data = Float32Array.from({ length: count * features.length }, (_, i) => {
    const [low, high] = features[i % features.length]?.range ?? [0, 1];
    return low + ((high - low) * random.integer(1_000_000)) / 1_000_000;
  });
  return tensor(data, [count, features.length]);
}

describe.skipIf(!hasPackages)('shap and lime', () => {
  it('give the values of kernel-shap within 1e-6, and those of lime within their sampling error, of compas-senn', async () => {
    const predictor = await openModel('compas-senn');
    try {
      const [input, training] = [rowsOf(predictor, 4, 1), scatteredRowsOf(predictor, 1000, 2)];
      const nobody = rowsOf(predictor, 1, 3).data.map((value) => value + 0.25); // so that every feature differs
      const baseline = tensor(nobody, [nobody.length]);
      const classes = await predictedOf(predictor, input);
      const listed = (rows: typeof input): number[][] =>
        Array.from({ length: rows.shape[0] ?? 0 }, (_, n) => Array.from(rowOf(rows, n)));
      const { table } = await askPackages('compas-senn', {
        table: {
          rows: listed(input),
          training: listed(training),
          baseline: Array.from(nobody),
          classes: Array.from(classes),
        },
      });
      const ours = await attributions['kernel-shap'].attribute(predictor, input, classes, {
        randomOf: () => randomStream(0),
        baseline,
      });
      // float32 in the graph: logits of about 1 have 1e-7, and other batches may round otherwise.
      expectClose(ours.values.data, table.exact.flat(), { absolute: 1e-6, relative: 0 });
      expectClose(ours.values.data, table.shap.flat(), { absolute: 1e-6, relative: 0 });
      const limes: number[][] = [];
      for (let seed = 0; seed < SEEDS; seed++) {
        const options = { randomOf: () => randomStream(seed), training };
        const { values } = await attributions.lime.attribute(predictor, input, classes, options);
        limes.push(Array.from(values.data));
      }
      expectSame(
        limes,
        table.lime.map((run) => run.flat()),
      );
    } finally {
      await predictor.close();
    }
  });

  it('give the values of lime on the same superpixels of a digit, which are like those of scikit-image', async () => {
    const predictor = await openModel('mnist-disenn');
    try {
      const { manifest } = predictor;
      const source = await openScoringSource('mnist:test', { first: 1, input: manifest.input });
      const { input } = await source.read(0, 1);
      const asked = superpixelsAsked(28, 28);
      const labels = superpixelsOf({ shape: [1, 28, 28], data: rowOf(input, 0) }, asked);
      const parts = partsOf(manifest, rowOf(input, 0));
      const classes = await predictedOf(predictor, input);
      const squares = (values: ArrayLike<number>): number[][] =>
        Array.from({ length: 28 }, (_, y) => Array.from({ length: 28 }, (_, x) => values[y * 28 + x] as number));
      const { image } = await askPackages('mnist-disenn', {
        image: { pixels: squares(rowOf(input, 0)), labels: squares(labels), class: classes[0], asked },
      });
      const limes: number[][] = [];
      for (let seed = 0; seed < SEEDS; seed++) {
        const options = { randomOf: () => randomStream(seed), baseline: tensor(new Float32Array(784), [1, 28, 28]) };
        const { values } = await attributions.lime.attribute(predictor, input, classes, options);
        limes.push(parts.map(({ features }) => features.reduce((sum, f) => sum + (values.data[f] as number), 0)));
      }
      expectSame(limes, image.lime);
      expect(Math.abs(image.segments - parts.length)).toBeLessThanOrEqual(5);
      expect(image.agreement).toBeGreaterThan(0.4); // of 1: .50 where this was written
    } finally {
      await predictor.close();
    }
  });
});
