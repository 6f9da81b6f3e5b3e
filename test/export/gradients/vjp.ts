import * as tf from '@tensorflow/tfjs';
import type * as tfl from '@tensorflow/tfjs-layers';
import * as ort from 'onnxruntime-node';
import { expect } from 'vitest';
import { type ExportOptions, layersModelToOnnx } from '../../../export/index.ts';
import type { ModelProto } from '../../../export/onnx/proto.ts';
import { decodeModel } from '../../../export/onnx/schema.ts';
import { expectClose } from '../../helpers/close.ts';
import type { Case } from '../cases/case.ts';
import { bordersOf } from '../parity.ts';
import { seededValues } from '../seeded-values.ts';

/** Exported gradients held against those of TensorFlow.js, and against finite differences of its forward pass. */

type Function = (inputs: readonly tf.Tensor[]) => tf.Tensor[];

const predicting =
  (model: tfl.LayersModel): Function =>
  (inputs) =>
    [model.predict([...inputs])].flat();

/** Σ over the outputs of cotangent · output: the scalar whose gradient a vector-Jacobian product is. */
const weighed = (outputs: readonly tf.Tensor[], cotangents: readonly tf.Tensor[]): tf.Scalar =>
  tf.addN(outputs.map((output, i) => tf.sum(tf.mul(output, cotangents[i] as tf.Tensor)))) as tf.Scalar;

/** What TensorFlow.js has for the gradient of each input; `undefined` where it has none. */
function tfjsGradients(f: Function, inputs: tf.Tensor[], cotangents: tf.Tensor[]): tf.Tensor[] | undefined {
  try {
    return tf.grads((...xs: tf.Tensor[]) => weighed(f(xs), cotangents))(inputs);
  } catch {
    return undefined;
  }
}

/** d/dε of the scalar along directions, by central differences of the forward pass. */
function slopeAlong(f: Function, inputs: tf.Tensor[], cotangents: tf.Tensor[], directions: tf.Tensor[], step: number) {
  const at = (ε: number): number => {
    const moved = inputs.map((x, i) => tf.add(x, tf.mul(directions[i] as tf.Tensor, ε)));
    const outputs = f(moved);
    return outputs.reduce((sum, output, i) => {
      const [values, weights] = [output.dataSync(), (cotangents[i] as tf.Tensor).dataSync()];
      return values.reduce((own, value, j) => own + value * (weights[j] as number), sum);
    }, 0);
  };
  return (at(step) - at(-step)) / (2 * step);
}

const sizeOf = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

/** What ONNX Runtime makes of a gradient graph. */
export async function runGradient(
  bytes: Uint8Array,
  feeds: readonly tf.Tensor[],
  level: 'disabled' | 'all' = 'all',
): Promise<ort.Tensor[]> {
  const session = await ort.InferenceSession.create(bytes, {
    graphOptimizationLevel: level,
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
    logSeverityLevel: 3,
  });
  const named = feeds.map((t, i) => {
    const tensor = new ort.Tensor('float32', Float32Array.from(t.dataSync()), t.shape);
    return [session.inputNames[i] as string, tensor];
  });
  const results = await session.run(Object.fromEntries(named));
  await session.release();
  return session.outputNames.map((name) => results[name] as ort.Tensor);
}

export interface Held extends Omit<Case, 'name' | 'model'> {
  /** By what the gradients are known: TensorFlow.js where it has them, or differences, of steps of this size. */
  readonly differences?: boolean | undefined;
  readonly batches?: readonly number[];
}

/** Largest difference, as a share of the largest gradient. */
const TOLERANCE = 1e-4;
/** Of differences: the larger are the less noisy ones, the smaller jump over fewer kinks. */
const STEPS = [1e-2, 1e-3, 1e-4];
/** Of a slope by differences in single precision, as a share of |gradient|·|direction|. */
const OF_DIFFERENCES = 2e-3;

/**
 * The exported gradient of a model of float32 is that of TensorFlow.js; where that has none, or a wrong one, the slope of
 * the forward pass along a random direction.
 * @returns the exported graph, and by what it was held
 */
export async function expectGradient(
  model: tfl.LayersModel,
  options: ExportOptions = {},
  { draw = (seed, length) => seededValues(seed, length).map((value) => 2 * value), ...held }: Held = {},
): Promise<{ readonly exported: ModelProto; readonly by: 'tfjs' | 'differences' }> {
  const bytes = layersModelToOnnx(model, { ...options, gradients: true });
  const borders = bordersOf(layersModelToOnnx(model, options), model, options);
  const { reference } = held;
  const f: Function = reference === undefined ? predicting(model) : (inputs) => reference(inputs, model);
  let by: 'tfjs' | 'differences' = 'tfjs';
  for (const batch of held.batches ?? [1, 3]) {
    let next = 0;
    const inputs = model.inputs.map(({ shape }, i) => {
      const full = [batch, ...shape.slice(1).map((size) => size ?? (held.open?.[0]?.[next++] as number))];
      return tf.tensor(draw(99 + i, sizeOf(full)), full);
    });
    const cotangents = f(inputs).map(({ shape, size }, i) => tf.tensor(seededValues(7 + i, size), shape));
    const expected = held.differences ? undefined : tfjsGradients(f, inputs, cotangents);
    by = expected === undefined ? 'differences' : 'tfjs';
    const feeds = [...inputs.map(borders.inputs), ...cotangents.map(borders.outputs)];
    for (const level of ['disabled', 'all'] as const) {
      const actual = await runGradient(bytes, feeds, level);
      const shaped = inputs.map(borders.inputs);
      expect(actual.map(({ dims }) => dims)).toEqual(shaped.map(({ shape }) => shape));
      if (expected !== undefined) {
        expected.map(borders.inputs).forEach((want, i) => {
          const values = want.dataSync();
          const largest = values.reduce((max, value) => Math.max(max, Math.abs(value)), 1e-3);
          expectClose((actual[i] as ort.Tensor).data as Float32Array, values as Float32Array, {
            absolute: TOLERANCE * largest,
            relative: 0,
          });
        });
      } else {
        const directions = inputs.map(({ shape, size }, i) => tf.tensor(seededValues(50 + i, size), shape));
        const slopes = STEPS.map((step) => slopeAlong(f, inputs, cotangents, directions, step));
        const along = directions.map(borders.inputs).map((direction) => direction.dataSync());
        const products = actual.map(({ data }, i) =>
          (data as Float32Array).map((value, j) => value * ((along[i] as Float32Array)[j] as number)),
        );
        const [own, size] = [0, 0].map((_, which) =>
          products.flatMap((list) => [...list]).reduce((sum, value) => sum + (which === 0 ? value : value ** 2), 0),
        ) as [number, number];
        const nearest = slopes.sort((a, b) => Math.abs(a - own) - Math.abs(b - own))[0] as number;
        const absolute = OF_DIFFERENCES * Math.max(Math.sqrt(size), 0.1);
        expectClose(own, nearest, { absolute, relative: OF_DIFFERENCES });
      }
    }
    tf.dispose([inputs, cotangents, expected ?? []]);
  }
  return { exported: decodeModel(bytes), by };
}
