import { mkdir, mkdtemp, readdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { softmax } from '../../../core/artefacts/explanation.ts';
import { attributions } from '../../../core/attributions/index.ts';
import { randomStream } from '../../../core/random.ts';
import { rowOf, tensor } from '../../../core/tensor.ts';
import { type ImportOptions, importModel } from '../../../export/black-box/import-model.ts';
import { portsOf } from '../../../export/black-box/ports.ts';
import { layersModelToOnnx, type OnnxModel } from '../../../export/index.ts';
import { writeOnnx } from '../../../export/write/write-onnx.ts';
import { answerOptions } from '../../../serve/answers/answer.ts';
import { verifyModel } from '../../../serve/commands/verify/verify.ts';
import { openSession } from '../../../serve/inference/onnxruntime.ts';
import { loadPredictor } from '../../../serve/models/model-folder.ts';

/** Classifiers of tables and images under names that are not the contract's, imported and asked as any other model. */

let root: string;
const F = 3;
const kernel = [
  [1, -2],
  [0.5, 0],
  [-1, 3],
];
const csv = 'a,b,c,label\n0,10,-1,x\n2,20,1,y\n1,30,0,x\n';
const mean = [1, 20, 0];

/** x·kernel of three features and two classes, with a softmax behind it or without. */
function table(activation: 'linear' | 'softmax'): tf.LayersModel {
  const layer = tf.layers.dense({ units: 2, inputShape: [F], activation });
  const model = tf.sequential({ layers: [layer] });
  layer.setWeights([tf.tensor2d(kernel), tf.tensor1d([0.25, -0.25])]);
  return model;
}

const logitsOf = (row: readonly number[]): number[] =>
  [0.25, -0.25].map((bias, c) => row.reduce((sum, value, f) => sum + value * (kernel[f]?.[c] as number), bias));

const names = { inputNames: ['float_input'], outputNames: ['scores'] };
const file = (name: string): string => join(root, name);
const options = (name: string, others: Partial<ImportOptions> = {}): ImportOptions => ({
  out: join(root, 'models', name),
  version: '1',
  labels: 'no,yes',
  input: file('rows.csv'),
  features: ['a', 'b', 'c'],
  ...others,
});

beforeAll(async () => {
  await tf.setBackend('cpu');
  root = await mkdtemp(join(tmpdir(), 'senn-import-'));
  await mkdir(file('models'));
  await writeFile(file('rows.csv'), csv);
  await writeFile(file('linear.onnx'), layersModelToOnnx(table('linear'), names));
  await writeFile(file('softmax.onnx'), layersModelToOnnx(table('softmax'), names));
});
afterAll(() => rm(root, { recursive: true }));

describe('a classifier of tables', () => {
  it.each([
    ['linear', 'logits'],
    ['softmax', 'probabilities'],
  ] as const)('that is %s gives %s, and predicts what its graph says', async (name, gives) => {
    const { manifest } = await importModel(file(`${name}.onnx`), options(name), openSession);
    expect(manifest).toMatchObject({
      kind: 'black-box',
      concepts: [],
      graphs: { model: { inputs: ['input'], outputs: [gives] } },
      blackBox: { names: { input: 'float_input', output: 'scores' } },
    });
    expect(await readFile(join(root, 'models', name, 'model.onnx'))).toEqual(await readFile(file(`${name}.onnx`)));
    const { checks } = await verifyModel(join(root, 'models', name), openSession);
    expect(checks.map(({ output, passed }) => [output, passed])).toEqual([[gives, true]]);

    const predictor = await loadPredictor(join(root, 'models', name), openSession);
    const row = [2, 0.5, 1];
    const [prediction] = await predictor.predict(tensor(Float32Array.from(row), [1, F]));
    expect(prediction?.concepts).toEqual([]);
    softmax(logitsOf(row)).forEach((p, c) => {
      expect(prediction?.probabilities[c]).toBeCloseTo(p, 5);
    });
    await predictor.close();
  });

  it('is explained by w·(x − baseline), exactly, where it is linear; the baseline is the mean of the rows', async () => {
    const { manifest } = await importModel(file('linear.onnx'), options('explained'), openSession);
    const features = manifest.input.kind === 'tabular' ? manifest.input.features : [];
    expect(features.map((feature) => feature.mean)).toEqual(mean);
    expect(features[0]?.quartiles).toEqual({
      edges: [0.5, 1, 1.5],
      bins: [1 / 3, 1 / 3, 0, 1 / 3].map((share) => ({ share })),
    });
    expect(features.map(({ range }) => range)).toEqual([
      [0, 2],
      [10, 30],
      [-1, 1],
    ]);
    const predictor = await loadPredictor(join(root, 'models/explained'), openSession);
    const [row, c] = [[2, 14, -1], 1];
    const baseline = tensor(Float32Array.from(mean), [F]);
    for (const name of ['occlusion', 'kernel-shap'] as const) {
      const { values } = await attributions[name].attribute(
        predictor,
        tensor(Float32Array.from(row), [1, F]),
        Int32Array.of(c),
        { randomOf: randomStream, baseline },
      );
      row.forEach((value, f) => {
        const expected = (kernel[f]?.[c] as number) * (value - (mean[f] as number));
        expect(rowOf(values, 0)[f]).toBeCloseTo(expected, 4);
      });
    }
    await predictor.close();
  });

  it('has no concepts, which is said of what is made of them', async () => {
    const { manifest } = await importModel(file('linear.onnx'), options('asked'), openSession);
    const asked = { steps: 7, sheet: false };
    expect(answerOptions(manifest, asked).explain).toEqual([]);
    const refusal = expect.objectContaining({ code: 'invalid_request', message: expect.stringContaining('black box') });
    expect(() => answerOptions(manifest, { ...asked, explain: ['concepts'] })).toThrow(refusal);
    expect(() => answerOptions(manifest, { ...asked, contrast: 'yes' })).toThrow(refusal);
  });

  it.each([
    ['no,maybe,yes', {}, 'a number for each of the --labels'],
    ['no,no', {}, '"no" is there twice'],
    ['no,yes', { features: ['a', 'b'] }, '2 features (a, b) must be the 3'],
    ['no,yes', { output: 'other' }, 'no output "other"'],
    ['no,yes', { input: '28x28' }, 'must be images of it'],
  ])('is refused for %s with %o, and nothing is written', async (labels, others, message) => {
    const asked = options('refused', { labels, ...others });
    await expect(importModel(file('linear.onnx'), asked, openSession)).rejects.toThrow(message);
    expect(await readdir(file('models'))).not.toContain('refused');
  });
});

describe('a classifier of two classes that gives one number', () => {
  const single = (activation: 'linear' | 'sigmoid'): Uint8Array => {
    const layer = tf.layers.dense({ units: 1, inputShape: [F], activation });
    const model = tf.sequential({ layers: [layer] });
    layer.setWeights([tf.tensor2d([[0.5], [-0.25], [1]]), tf.tensor1d([0.125])]);
    return layersModelToOnnx(model, names);
  };

  it.each([
    ['sigmoid', 'probabilities'],
    ['linear', 'logits'],
  ] as const)('is one of two: a %s one gives %s of the second', async (activation, gives) => {
    const name = `single-${activation}`;
    await writeFile(file(`${name}.onnx`), single(activation));
    const { manifest } = await importModel(file(`${name}.onnx`), options(name), openSession);
    expect(manifest).toMatchObject({ graphs: { model: { outputs: [gives] } }, blackBox: { single: true } });
    const { checks } = await verifyModel(join(root, 'models', name), openSession);
    expect(checks.map(({ passed }) => passed)).toEqual([true]);
    const predictor = await loadPredictor(join(root, 'models', name), openSession);
    const [prediction] = await predictor.predict(tensor(Float32Array.of(2, 4, 1), [1, F]));
    const yes = 1 / (1 + Math.exp(-1.125));
    expect(prediction?.probabilities[1]).toBeCloseTo(yes, 5);
    expect(prediction?.probabilities[0]).toBeCloseTo(1 - yes, 5);
    expect(prediction?.label).toBe('yes');
    await predictor.close();
  });

  it('is refused with three labels, and where a number outside [0, 1] is said to be a probability', async () => {
    const path = file('single-linear.onnx');
    const three = importModel(path, options('three', { labels: 'a,b,c' }), openSession);
    await expect(three).rejects.toThrow('a number for each of the --labels');
    const said = importModel(path, options('said', { single: 'probability' }), openSession);
    await expect(said).rejects.toThrow('must be from 0 to 1');
  });
});

describe('a classifier of images', () => {
  it('is fed (scale·x − mean) / std in its own layout', async () => {
    const flat = tf.layers.flatten({ inputShape: [2, 2, 3] });
    const dense = tf.layers.dense({ units: 2 });
    const model = tf.sequential({ layers: [flat, dense] });
    const weights = Array.from({ length: 12 }, (_, i) => [Math.sin(i), Math.cos(i)]);
    dense.setWeights([tf.tensor2d(weights), tf.tensor1d([0, 0])]);
    await writeFile(file('image.onnx'), layersModelToOnnx(model, { ...names, imageLayout: 'NHWC' }));
    const image = { input: '2x2x3', layout: 'NHWC', scale: 255, mean: [10, 20, 30], deviation: [2, 4, 8] } as const;
    const { features: _, ...asked } = options('image', image);
    await importModel(file('image.onnx'), asked, openSession);
    const predictor = await loadPredictor(join(root, 'models/image'), openSession);
    const pixels = Float32Array.from({ length: 12 }, (_, i) => i / 12); // [C, H, W]
    const [prediction] = await predictor.predict(tensor(pixels, [1, 3, 2, 2]));
    const expected = [0, 1].map((c) => {
      let sum = 0;
      for (let channel = 0; channel < 3; channel++) {
        for (let p = 0; p < 4; p++) {
          const [shift, divisor] = [image.mean[channel] as number, image.deviation[channel] as number];
          const value = (255 * (pixels[channel * 4 + p] as number) - shift) / divisor;
          sum += value * (weights[p * 3 + channel]?.[c] as number);
        }
      }
      return sum;
    });
    expected.forEach((logit, c) => {
      expect(prediction?.logits[c]).toBeCloseTo(logit, 3);
    });
    await predictor.close();
  });
});

describe('weights beside the file', () => {
  const wide = () => {
    const hidden = tf.layers.dense({ units: 512, inputShape: [F], activation: 'relu' });
    return tf.sequential({ layers: [hidden, tf.layers.dense({ units: 2 })] });
  };

  it('are taken in, and the answers stay', async () => {
    const model = wide();
    const folder = file('outside');
    await mkdir(folder);
    await writeOnnx(model, join(folder, 'wide.onnx'), { ...names, externalData: true });
    const { inlined } = await importModel(join(folder, 'wide.onnx'), options('wide'), openSession);
    expect(inlined).toEqual(['wide.onnx.data']);
    const predictor = await loadPredictor(join(root, 'models/wide'), openSession);
    const row = [1, 2, 3];
    const [prediction] = await predictor.predict(tensor(Float32Array.from(row), [1, F]));
    const expected = (model.predict(tf.tensor2d([row])) as tf.Tensor).dataSync();
    expected.forEach((logit, c) => {
      expect(prediction?.logits[c]).toBeCloseTo(logit, 4);
    });
    await predictor.close();
  });

  it('are not read from another folder, also not through a link, and must all be there', async () => {
    const folder = file('linked');
    await mkdir(folder);
    await writeOnnx(wide(), join(folder, 'wide.onnx'), { ...names, externalData: true });
    await rename(join(folder, 'wide.onnx.data'), file('secret'));
    const refused = importModel(join(folder, 'wide.onnx'), options('linked'), openSession);
    await expect(refused).rejects.toThrow('cannot be read (ENOENT)');
    await symlink(file('secret'), join(folder, 'wide.onnx.data'));
    const linked = importModel(join(folder, 'wide.onnx'), options('linked'), openSession);
    await expect(linked).rejects.toThrow('must lie in the folder of the model');
    await rm(join(folder, 'wide.onnx.data'));
    await writeFile(join(folder, 'wide.onnx.data'), 'short');
    const short = importModel(join(folder, 'wide.onnx'), options('linked'), openSession);
    await expect(short).rejects.toThrow('it has 5');
  });
});

describe('the ports of a graph', () => {
  const value = (name: string, type: OnnxModel['inputs'][number]['type'], ...dims: (number | string)[]) => ({
    name,
    type,
    dims,
  });
  const graph: OnnxModel = {
    name: 'g',
    irVersion: 8,
    producer: 'skl2onnx 1.20.0',
    opsets: { '': 18 },
    metadata: {},
    values: [],
    nodes: [],
    initializers: [],
    inputs: [value('X', 'float32', '?', 4)],
    outputs: [value('label', 'int64', '?'), value('probabilities', 'float32', '?', 3)],
  };

  it('are the input, and of the two outputs of scikit-learn the probabilities', () => {
    expect(portsOf(graph, 'g', undefined)).toEqual({ input: graph.inputs[0], output: graph.outputs[1] });
  });

  it.each([
    [
      'dictionaries',
      {
        outputs: [value('label', 'int64', '?'), { name: 'zipped', type: 'unknown', dims: undefined } as const],
        nodes: [{ name: '', opType: 'ZipMap', domain: 'ai.onnx.ml', inputs: [], outputs: ['zipped'], attributes: {} }],
      },
      '"zipmap": False',
    ],
    ['a batch that is fixed', { inputs: [value('X', 'float32', 1, 4)] }, 'the batch must be open, not 1'],
    ['bytes', { inputs: [value('X', 'uint8', '?', 4)] }, 'must be float32'],
    [
      'several inputs',
      { inputs: [value('a', 'float32', '?', 1), value('b', 'float32', '?', 1)] },
      'must take one tensor',
    ],
    [
      'several scores',
      { outputs: [value('a', 'float32', '?', 3), value('b', 'float32', '?', 3)] },
      'choose one with --output',
    ],
    ['no scores', { outputs: [value('label', 'int64', '?')] }, 'no output is float32'],
  ])('are refused for %s, with what to do', (_, changed, message) => {
    expect(() => portsOf({ ...graph, ...changed }, 'g', undefined)).toThrow(message);
  });
});
