import * as tf from '@tensorflow/tfjs';
import type * as tfl from '@tensorflow/tfjs-layers';
import * as ort from 'onnxruntime-node';
import { expect } from 'vitest';
import { type ExportOptions, layersModelToOnnx } from '../../../export/index.ts';
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
      const weights = (cotangents[i] as tf.Tensor).dataSync();
      return [...output.dataSync()].reduce((own, value, j) => own + value * (weights[j] as number), sum);
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

/** The same as lists of numbers, one of each gradient. */
export const gradientValues = async (bytes: Uint8Array, feeds: readonly tf.Tensor[]): Promise<number[][]> =>
  (await runGradient(bytes, feeds)).map(({ data }) => Array.from(data as Float32Array));

export interface Held extends Omit<Case, 'name' | 'model'> {
  /** By what the gradients are known: TensorFlow.js where it has them, or differences, of steps of this size. */
  readonly differences?: boolean | undefined;
  readonly batches?: readonly number[];
  /** How far ONNX Runtime optimises the graph. Default: not at all, and as far as it can. */
  readonly levels?: readonly ('disabled' | 'all')[];
}

/** Largest difference, as a share of the largest gradient. */
const TOLERANCE = 1e-4;
/** Of differences: the larger are the less noisy ones, the smaller jump over fewer kinks. */
const STEPS = [1e-2, 1e-3, 1e-4];
/** Of a slope by differences in single precision, as a share of |gradient ⊙ direction|. */
const OF_DIFFERENCES = 2e-3;

/** Values that are not finite (a cell that explodes) must be the same. */
function expectValues(actual: Float32Array, expected: Float32Array): void {
  const finite = [...expected].filter(Number.isFinite);
  const largest = finite.reduce((max, value) => Math.max(max, Math.abs(value)), 1e-3);
  expectClose(actual, expected, { absolute: TOLERANCE * largest, relative: 0 });
}

/** The gradient along a direction is the slope by differences of one of the steps. */
function expectSlope(gradients: readonly Float32Array[], directions: readonly Float32Array[], slopes: number[]): void {
  const products = gradients.flatMap((gradient, i) => [...gradient].map((g, j) => g * (directions[i]?.[j] as number)));
  const own = products.reduce((sum, product) => sum + product, 0);
  const size = Math.hypot(...products);
  const nearest = slopes.reduce((best, slope) => (Math.abs(slope - own) < Math.abs(best - own) ? slope : best));
  expectClose(own, nearest, { absolute: OF_DIFFERENCES * Math.max(size, 0.1), relative: OF_DIFFERENCES });
}

/**
 * The exported gradient of a model of float32 is that of TensorFlow.js; where that has none, or a wrong one, the slope of
 * the forward pass along a random direction.
 * @returns by what the gradient was held
 */
export async function expectGradient(
  model: tfl.LayersModel,
  options: ExportOptions = {},
  { draw = (seed, length) => seededValues(seed, length).map((value) => 2 * value), ...held }: Held = {},
): Promise<'tfjs' | 'differences'> {
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
    const directions = inputs.map(({ shape, size }, i) => tf.tensor(seededValues(50 + i, size), shape));
    const expected = held.differences ? undefined : tfjsGradients(f, inputs, cotangents);
    by = expected === undefined ? 'differences' : 'tfjs';
    const feeds = [...inputs.map(borders.inputs), ...cotangents.map(borders.outputs)];
    const stored = (tensors: readonly tf.Tensor[]) =>
      tensors.map(borders.inputs).map((t) => t.dataSync() as Float32Array);
    for (const level of held.levels ?? ['disabled', 'all']) {
      const actual = await runGradient(bytes, feeds, level);
      expect(actual.map(({ dims }) => dims)).toEqual(inputs.map(borders.inputs).map(({ shape }) => shape));
      const values = actual.map(({ data }) => data as Float32Array);
      if (expected === undefined) {
        const slopes = STEPS.map((step) => slopeAlong(f, inputs, cotangents, directions, step));
        expectSlope(values, stored(directions), slopes);
      } else {
        for (const [i, want] of stored(expected).entries()) expectValues(values[i] as Float32Array, want);
      }
    }
    tf.dispose([inputs, cotangents, directions, expected ?? []]);
  }
  return by;
}
