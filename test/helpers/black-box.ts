import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { importModel } from '../../export/black-box/import-model.ts';
import { layersModelToOnnx } from '../../export/index.ts';
import { openSession } from '../../serve/inference/onnxruntime.ts';

/** A black box that is linear in three features, of which all attributions are known. */

/** `[F][C]` */
export const linearKernel = [
  [1, -2],
  [0.5, 0],
  [-1, 3],
];
export const linearFeatures = ['a', 'b', 'c'];
/** Of each feature over the rows that it was imported with. */
export const linearMean = [1, 20, 0];

/** Writes the model folder `linear` of classes `no` and `yes` into a folder. @returns its path */
export async function writeLinearBlackBox(folder: string): Promise<string> {
  await tf.setBackend('cpu');
  const layer = tf.layers.dense({ units: 2, inputShape: [3] });
  const model = tf.sequential({ layers: [layer] });
  layer.setWeights([tf.tensor2d(linearKernel), tf.tensor1d([0.25, -0.25])]);
  const [onnx, rows, out] = ['linear.onnx', 'rows.csv', 'linear'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  await writeFile(onnx, layersModelToOnnx(model));
  await writeFile(rows, 'a,b,c\n0,10,-1\n2,20,1\n1,30,0\n');
  await importModel(onnx, { out, version: '1', labels: 'no,yes', input: rows }, openSession);
  return out;
}

/** Sides of 28 × 28 images that the black box `sides` tells apart: by the ink in each half, 0.1 logit a pixel. */
export const sides = ['left', 'right'];
const SIDE = 28;

/** Writes the model folder `sides`. @returns its path */
export async function writeImageBlackBox(folder: string): Promise<string> {
  await tf.setBackend('cpu');
  const kernel = Array.from({ length: SIDE * SIDE }, (_, i) => (i % SIDE < SIDE / 2 ? [0.1, 0] : [0, 0.1]));
  const layer = tf.layers.dense({ units: 2, useBias: false });
  const model = tf.sequential({ layers: [tf.layers.flatten({ inputShape: [SIDE, SIDE, 1] }), layer] });
  layer.setWeights([tf.tensor2d(kernel)]);
  const [onnx, out] = [join(folder, 'sides.onnx'), join(folder, 'sides')];
  await writeFile(onnx, layersModelToOnnx(model));
  const options = { out, version: '1', labels: sides.join(), input: `${SIDE}x${SIDE}x1`, foreground: 'light' } as const;
  await importModel(onnx, options, openSession);
  return out;
}
