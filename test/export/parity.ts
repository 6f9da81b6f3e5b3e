import * as tf from '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-wasm';
import type * as tfl from '@tensorflow/tfjs-layers';
import * as ort from 'onnxruntime-node';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { expect } from 'vitest';
import { GOLDEN_TOLERANCE } from '../../core/golden.ts';
import { type ExportOptions, layersModelToOnnx } from '../../export/index.ts';
import type { ModelProto } from '../../export/onnx/proto.ts';
import { decodeModel } from '../../export/onnx/schema.ts';
import { expectClose } from '../helpers/close.ts';

/**
 * `wasm` is what models are trained and checked with. `cpu` is the plain-JS reference, for what WASM gets wrong:
 * tfjs 4.22 answers zeros to a convolution with `same` padding whose kernel is smaller than its stride.
 */
export async function startBackend(name: 'cpu' | 'wasm'): Promise<void> {
  await tf.setBackend(name);
  await tf.ready();
}

/** Seeded values, evenly spread over [−1, 1). */
export function seededValues(seed: number, length: number): Float32Array {
  const generator = xoroshiro128plus(seed);
  // The first draws of neighbouring seeds are alike.
  for (let i = 0; i < 20; i++) generator.next();
  return Float32Array.from({ length }, () => generator.next() / 2 ** 31);
}

/** Sets every weight, biases too, to seeded values; variances are positive. */
export function randomizeWeights(model: tfl.LayersModel, seed: number): void {
  for (const [i, weight] of model.weights.entries()) {
    const size = weight.shape.reduce<number>((product, length) => product * (length as number), 1);
    const values = seededValues(seed + i, size);
    const positive = weight.originalName.endsWith('variance');
    weight.write(tf.tensor(positive ? values.map((value) => 1.5 + value) : values, weight.shape as number[]));
  }
}

const toNchw = (t: tf.Tensor) => (t.rank === 4 ? tf.transpose(t, [0, 3, 1, 2]) : t);

/**
 * What tfjs and ONNX Runtime make of the same seeded inputs is the same, for batches of one and of three.
 * @param reference what the outputs must be, where tfjs itself is wrong
 * @returns the exported model
 */
export async function expectParity(
  model: tfl.LayersModel,
  options: ExportOptions = {},
  reference = (inputs: tf.Tensor[]): tf.Tensor[] => [model.predict(inputs)].flat(),
): Promise<ModelProto> {
  randomizeWeights(model, 1);
  const bytes = layersModelToOnnx(model, options);
  const session = await ort.InferenceSession.create(bytes);
  const channelsFirst = model.layers.some((layer) => layer.getConfig()['dataFormat'] === 'channelsFirst');
  const border = options.imageLayout === 'NHWC' || channelsFirst ? (t: tf.Tensor) => t : toNchw;
  for (const batch of [1, 3]) {
    const inputs = model.inputs.map(({ shape }, i) => {
      const full = [batch, ...(shape.slice(1) as number[])];
      return tf.mul(
        tf.tensor(
          seededValues(
            99 + i,
            full.reduce((a, b) => a * b),
          ),
          full,
        ),
        2,
      );
    });
    const expected = reference(inputs).map(border);
    const feeds = inputs.map(border).map((t, i): [string, ort.Tensor] => {
      return [session.inputNames[i] as string, new ort.Tensor('float32', t.dataSync() as Float32Array, t.shape)];
    });
    const results = await session.run(Object.fromEntries(feeds));
    expect(session.outputNames).toHaveLength(expected.length);
    expected.forEach((t, i) => {
      const actual = results[session.outputNames[i] as string] as ort.Tensor;
      expect(actual.dims).toEqual(t.shape);
      expectClose(actual.data as Float32Array, t.dataSync() as Float32Array, GOLDEN_TOLERANCE);
    });
    tf.dispose([inputs, expected]);
  }
  await session.release();
  return decodeModel(bytes);
}

/** Operators of the graph, in order. */
export function operators({ graph }: ModelProto): string[] {
  return graph.node.map(({ opType }) => opType);
}
