import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Imported, importModel } from '../../export/black-box/import-model.ts';
import { openAtomicFile } from '../../serve/atomic-file.ts';
import { parseScoreOptions } from '../../serve/commands/score/options.ts';
import { scoreSet } from '../../serve/commands/score/score.ts';
import { openSession } from '../../serve/inference/onnxruntime.ts';
import { openScoringSource } from '../../training/datasets/scoring.ts';
import { expectClose } from '../helpers/close.ts';
import { digitBytes, digitPng, modelPath } from '../serve/fixtures.ts';
import {
  attributionOf,
  type BlackBoxServer,
  instancesOf,
  serveBlackBoxes,
  sumsOfParts,
  superpixelQuestion,
} from './black-box-server.ts';
import { askPython, mnistFolder, pythonWith } from './python.ts';
import { expectSame } from './sampled.ts';

/**
 * A CNN of digits and an MLP of irises that PyTorch trains and both of its exporters write: imported, served, explained as
 * Captum, shap and lime explain them, and scored beside a model that explains itself.
 */

const torch = await pythonWith('SENN_PYTORCH', 'captum', 'onnx', 'onnxscript', 'sklearn', 'torch');
const explainers = await pythonWith('SENN_EXPLAINERS', 'lime', 'onnxruntime', 'shap');

const SEEDS = 8;
const COUNT = 200;
const EXPORTERS = ['export', 'script'] as const;
const MEAN = 0.1307;
const DEVIATION = 0.3081;
const IRISES = 'setosa,versicolor,virginica';

interface Made {
  readonly digits: number[][];
  readonly accuracy: number;
  readonly rows: number[][];
  readonly irises: number[][];
}

let folder: string;
let server: BlackBoxServer;
let made: Made;
const imported = new Map<string, Imported>();

async function ask<Answer>(name: string, question: unknown): Promise<Answer> {
  const answers = await askPython<Record<string, Answer>>(torch.python, 'pytorch.py', { [name]: question });
  return answers[name] as Answer;
}

const models = (): string => join(folder, 'models');

beforeAll(async () => {
  if (!torch.hasPackages) return;
  folder = await mkdtemp(join(tmpdir(), 'senn-pytorch-'));
  made = await ask<Made>('make', { folder, mnist: mnistFolder, count: COUNT });
  const digits = { input: '28x28x1', mean: [MEAN], deviation: [DEVIATION], foreground: 'light' } as const;
  const irises = { input: join(folder, 'irises.csv') };
  const described = { cnn: { labels: '0,1,2,3,4,5,6,7,8,9', ...digits }, mlp: { labels: IRISES, ...irises } };
  for (const [network, options] of Object.entries(described)) {
    for (const exporter of EXPORTERS) {
      const name = `${network}-${exporter}`;
      const asked = { ...options, out: join(models(), name), version: '1' };
      imported.set(name, await importModel(join(folder, `${name}.onnx`), asked, openSession));
    }
  }
  server = await serveBlackBoxes(models(), [...imported.keys()]);
}, 300_000);
afterAll(async () => {
  await server?.close();
  if (folder !== undefined) await rm(folder, { recursive: true });
});

const imagesOf = (count: number): Promise<{ image: string }[]> =>
  Promise.all(Array.from({ length: count }, async (_, n) => ({ image: (await digitPng(n)).toString('base64') })));

describe.skipIf(!torch.hasPackages).each(EXPORTERS)('PyTorch by its exporter of torch.%s', (exporter) => {
  it('is imported with the weights that it keeps beside the file', () => {
    const { inlined, manifest } = imported.get(`cnn-${exporter}`) ?? expect.fail('not imported');
    expect(inlined).toEqual(exporter === 'export' ? ['cnn-export.onnx.data'] : []);
    expect(manifest.blackBox).toMatchObject({
      names: { input: 'x', output: 'scores' },
      producer: expect.stringMatching(/^pytorch 2\./),
    });
    expect(manifest.graphs.model?.outputs).toEqual(['logits']);
    expect(imported.get(`mlp-${exporter}`)?.manifest.graphs.model?.outputs).toEqual(['probabilities']);
  });

  it('has the probabilities of torch, of digits and of irises', async () => {
    const digits = await server.explained(`cnn-${exporter}`, 'explain=none&invert=false', await imagesOf(32));
    const irises = await server.explained(
      `mlp-${exporter}`,
      'explain=none',
      instancesOf(server.models.named(`mlp-${exporter}`).manifest, made.rows),
    );
    expectClose(
      [...digits, ...irises].flatMap(({ probabilities }) => probabilities),
      [...made.digits.slice(0, 32), ...made.irises].flat(),
      { absolute: 1e-5, relative: 0 },
    );
  });
});

describe.skipIf(!torch.hasPackages)('a digit of the CNN', () => {
  const pixels = Float32Array.from(digitBytes(0), (byte) => byte / 255);
  const question = superpixelQuestion(pixels, 28);
  const model = 'cnn-export';
  const explained = async (query: string) => {
    const [found] = await server.explained(model, `${query}&invert=false`, await imagesOf(1));
    return found ?? expect.fail('no answer');
  };
  const sumsOf = async (name: string): Promise<number[][]> => {
    const runs: number[][] = [];
    for (let seed = 0; seed < SEEDS; seed++) {
      const found = await explained(`explain=${name}&seed=${seed}`);
      runs.push(sumsOfParts(server.models.named(model).manifest, pixels, attributionOf(found, name)));
    }
    return runs;
  };
  /** Of superpixels with a stroke: those without are worth nothing, which ours know, and theirs find by drawing. */
  const inked = (runs: readonly (readonly number[])[]): number[][] => {
    const parts = question.labels.flat().flatMap((part, i) => ((pixels[i] as number) > 0 ? [part] : []));
    return runs.map((run) => [...new Set(parts)].map((part) => run[part] as number));
  };

  it('has the occlusion of Captum, and its KernelShap within their sampling error', async () => {
    const found = await explained('explain=occlusion');
    const theirs = await ask<{ occlusion: number[][]; shap: number[][] }>('digit', {
      folder,
      ...question,
      class: found.index,
      square: [4, 2],
      samples: 2000,
      seeds: SEEDS,
    });
    const ours = attributionOf(found, 'occlusion');
    expect(ours.baseline).toMatchObject({ kind: 'ground', values: 0 });
    expectClose(ours.values, theirs.occlusion.flat(), { absolute: 5e-5, relative: 0 }); // float32 logits of up to 40
    expectSame(inked(await sumsOf('kernel-shap')), inked(theirs.shap));
  });

  it.skipIf(!explainers.hasPackages)('has the values of shap and of lime within their sampling error', async () => {
    const { index } = await explained('explain=none');
    const { image } = await askPython<Record<string, { shap: number[][]; lime: number[][] }>>(
      explainers.python,
      'black_boxes.py',
      {
        image: {
          model: join(models(), model, 'model.onnx'),
          ...question,
          mean: MEAN,
          deviation: DEVIATION,
          class: index,
          seeds: SEEDS,
        },
      },
    );
    expectSame(await sumsOf('lime'), image?.lime ?? []);
    expectSame(inked(await sumsOf('kernel-shap')), inked(image?.shap ?? []));
  });
});

describe.skipIf(!torch.hasPackages)('irises of the MLP', () => {
  const model = 'mlp-export';
  const explained = (query: string) =>
    server.explained(model, query, instancesOf(server.models.named(model).manifest, made.rows));

  it('have the FeatureAblation and the ShapleyValues of Captum', async () => {
    const found = await explained('explain=occlusion,kernel-shap');
    const theirs = await ask<{ ablation: number[][]; shap: number[][] }>('irises', {
      folder,
      rows: made.rows,
      classes: found.map(({ index }) => index),
      baseline: attributionOf(found[0] ?? expect.fail('no answer'), 'occlusion').baseline.values,
    });
    const valuesOf = (name: string): number[] => found.flatMap((one) => attributionOf(one, name).values);
    const tolerance = { absolute: 2e-5, relative: 0 }; // logarithms of float32 probabilities
    expectClose(valuesOf('occlusion'), theirs.ablation.flat(), tolerance);
    expectClose(valuesOf('kernel-shap'), theirs.shap.flat(), tolerance);
  });

  it.skipIf(!explainers.hasPackages)('have the values of lime within their sampling error', async () => {
    const found = await explained('explain=kernel-shap');
    const { table } = await askPython<Record<string, { lime: number[][][] }>>(explainers.python, 'black_boxes.py', {
      table: {
        model: join(models(), model, 'model.onnx'),
        training: join(folder, 'irises.csv'),
        rows: made.rows,
        classes: found.map(({ index }) => index),
        baseline: attributionOf(found[0] ?? expect.fail('no answer'), 'kernel-shap').baseline.values,
        seeds: SEEDS,
      },
    });
    const limes: number[][] = [];
    for (let seed = 0; seed < SEEDS; seed++) {
      const answers = await explained(`explain=lime&seed=${seed}`);
      limes.push(answers.flatMap((one) => attributionOf(one, 'lime').values));
    }
    expectSame(
      limes,
      (table?.lime ?? []).map((run) => run.flat()),
    );
  });
});

describe.skipIf(!torch.hasPackages)('the CNN and a model that explains itself', () => {
  it('stand in one table: the accuracy that torch counts, and each explanation judged by the same removals', async () => {
    const asked = { metrics: 'accuracy', attributions: 'occlusion,random', data: 'mnist:test', first: String(COUNT) };
    const model = [modelPath, join(models(), 'cnn-export')];
    const options = parseScoreOptions({ ...asked, model, out: join(folder, 'report.json') });
    const { others, ...own } = await scoreSet(options, openScoringSource, openAtomicFile, () => {});
    const cnn = others[0] ?? expect.fail('one model only');
    expect(own.metrics.accuracy).toMatchObject({ value: expect.any(Number) });
    expect(cnn.metrics.accuracy).toMatchObject({ value: made.accuracy });
    for (const { attributions } of [own, cnn]) {
      const meanOf = (name: 'occlusion' | 'random'): number => {
        const found = attributions?.[name]?.metrics['faithfulness.input'];
        const mean = found !== undefined && 'mean' in found ? found.mean : null;
        return mean ?? expect.fail(`${name} has no value`);
      };
      expect(meanOf('occlusion')).toBeGreaterThan(0.2 + meanOf('random'));
    }
  });
});
