import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import type { Manifest } from '../../core/manifest.ts';
import { layersModelToOnnx } from '../../export/index.ts';
import { fakeManifest, type PartName } from './fake-model.ts';

/**
 * A model of tables, in ONNX: its concepts are its features, scaled to [0, 1], a constant one and, last, one that is
 * learned, the mean of the scaled `age` and `rate`. The decoder gives the features back, `age` and `rate` moved by
 * the learned concept.
 */
export const tableFeatures = [
  { name: 'age', unit: 'years', range: [20, 70] },
  { name: 'Number_of_Priors', unit: 'priors', range: [0, 40] },
  { name: 'female', range: [0, 1] },
  { name: 'rate', unit: '%', range: [0, 0.1] },
] satisfies Extract<Manifest['input'], { kind: 'tabular' }>['features'];

const F = tableFeatures.length;
const K = F + 2;
const BIAS = F;
const LEARNED = F + 1;
const classes = ['low', 'medium or high'];

const between = (q05: number, q95: number) => {
  const at = (share: number) => q05 + share * (q95 - q05);
  return { q05, q25: at(0.25), q50: at(0.5), q75: at(0.75), q95 };
};

/** Rows of the golden file, in the features' own units. */
export const tableRows = [
  [25, 3, 0, 0.05],
  [60, 0, 1, 0.02],
  [41, 12, 0, 0.1],
];

type Matrix = number[][];

const matrix = (rows: number, columns: number, at: (row: number, column: number) => number): Matrix =>
  Array.from({ length: rows }, (_, r) => Array.from({ length: columns }, (_, c) => at(r, c)));

const lowOf = (f: number): number => tableFeatures[f]?.range[0] as number;
const spanOf = (f: number): number => (tableFeatures[f]?.range[1] as number) - lowOf(f);

/** One affine layer, `x·kernel + bias`. */
function affine(name: string, kernel: Matrix, bias: number[]): tf.Sequential {
  const layer = tf.layers.dense({ units: bias.length, inputShape: [kernel.length] });
  const model = tf.sequential({ name, layers: [layer] });
  layer.setWeights([tf.tensor2d(kernel), tf.tensor1d(bias)]);
  return model;
}

function conceptizer(): tf.LayersModel {
  const isMean = (f: number): boolean => f === 0 || f === 3;
  const kernel = matrix(F, K, (f, k) => {
    if (k === LEARNED) return isMean(f) ? 0.5 / spanOf(f) : 0;
    return k === f ? 1 / spanOf(f) : 0;
  });
  const bias = Array.from({ length: K }, (_, k) => {
    if (k === BIAS) return 1;
    return k === LEARNED ? (-0.5 * lowOf(0)) / spanOf(0) : -lowOf(k) / spanOf(k);
  });
  return affine('conceptizer', kernel, bias);
}

/** θ, gently different from input to input. */
function parameterizer(): tf.LayersModel {
  const wave = (i: number): number => Math.sin(1 + 2.3 * i);
  const flat = tf.layers.dense({ units: K * classes.length, inputShape: [F] });
  const shaped = tf.layers.reshape({ targetShape: [K, classes.length] });
  const model = tf.sequential({ name: 'parameterizer', layers: [flat, shaped] });
  const kernel = matrix(F, K * classes.length, (f, i) => (0.5 * wave(f * 7 + i)) / spanOf(f));
  const bias = Array.from({ length: K * classes.length }, (_, i) => 1.5 * wave(i));
  flat.setWeights([tf.tensor2d(kernel), tf.tensor1d(bias)]);
  return model;
}

function decoder(): tf.LayersModel {
  const kernel = matrix(K, F, (k, f) => {
    if (k === LEARNED) return f === 0 || f === 3 ? 0.5 * spanOf(f) : 0;
    return k === f ? spanOf(f) * (f === 0 || f === 3 ? 0.5 : 1) : 0;
  });
  return affine(
    'decoder',
    kernel,
    Array.from({ length: F }, (_, f) => lowOf(f)),
  );
}

const sha256 = (content: string | Uint8Array): string => createHash('sha256').update(content).digest('hex');

/** Writes the model folder `directory/name`. */
export async function writeTableModel(directory: string, name = 'table'): Promise<Manifest> {
  await tf.setBackend('cpu');
  const models: Record<PartName, tf.LayersModel> = {
    conceptizer: conceptizer(),
    parameterizer: parameterizer(),
    decoder: decoder(),
  };
  const outputs = { conceptizer: 'concepts', parameterizer: 'relevances', decoder: 'reconstruction' } as const;
  const files: Record<string, string | Uint8Array> = {};
  for (const [graph, model] of Object.entries(models) as [PartName, tf.LayersModel][]) {
    const inputNames = [graph === 'decoder' ? 'concepts' : 'input'];
    files[`${graph}.onnx`] = layersModelToOnnx(model, { inputNames, outputNames: [outputs[graph]] });
  }
  files['golden.json'] = JSON.stringify({ tensors: golden(models) });
  const entry = (file: string) => ({ file, sha256: sha256(files[file] as string | Uint8Array) });
  const manifest: Manifest = {
    ...fakeManifest,
    name,
    input: { kind: 'tabular', features: tableFeatures },
    classes,
    artefacts: [...fakeManifest.artefacts, 'counterfactual'],
    concepts: [
      ...tableFeatures.map((feature) => ({ name: feature.name, quantiles: between(0, 1), prototypes: [] })),
      { name: 'bias', quantiles: between(1, 1), prototypes: [] },
      { name: 'standing', quantiles: between(0.2, 0.8), prototypes: [] },
    ],
    // numbers by hand: the first concept weighs most for one class, the last for the other
    profiles: classes.map((_, c) => ({
      count: 10 + c,
      concepts: Array.from({ length: K }, (_, k) => {
        const magnitude = c === 0 ? K - k : k + 1;
        const contribution = k % 2 === 0 ? magnitude : -magnitude;
        return { mean: k / K, deviation: 0.1, contribution, magnitude, decides: k === (c === 0 ? 0 : K - 2) ? 1 : 0 };
      }),
    })),
    graphs: {
      conceptizer: { ...entry('conceptizer.onnx'), inputs: ['input'], outputs: ['concepts'] },
      parameterizer: { ...entry('parameterizer.onnx'), inputs: ['input'], outputs: ['relevances'] },
      decoder: { ...entry('decoder.onnx'), inputs: ['concepts'], outputs: ['reconstruction'] },
    },
    golden: entry('golden.json'),
  };
  files['manifest.json'] = JSON.stringify(manifest);
  await mkdir(join(directory, name), { recursive: true });
  for (const [file, content] of Object.entries(files)) await writeFile(join(directory, name, file), content);
  return manifest;
}

/** What tfjs makes of the rows. */
function golden(models: Record<PartName, tf.LayersModel>): Record<string, { shape: number[]; data: number[] }> {
  return tf.tidy(() => {
    const input = tf.tensor2d(tableRows);
    const concepts = models.conceptizer.predict(input) as tf.Tensor2D;
    const relevances = models.parameterizer.predict(input) as tf.Tensor3D;
    const logits = tf.squeeze(tf.matMul(tf.expandDims(concepts, 1), relevances), [1]);
    const reconstruction = models.decoder.predict(concepts) as tf.Tensor2D;
    const tensors = { input, concepts, relevances, logits, reconstruction };
    return Object.fromEntries(
      Object.entries(tensors).map(([name, t]) => [name, { shape: t.shape, data: Array.from(t.dataSync()) }]),
    );
  });
}
