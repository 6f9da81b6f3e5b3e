import { cp, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseGolden } from '../../../core/golden.ts';
import { type OnnxNode, readOnnx } from '../../../export/index.ts';
import { exportRun } from '../../../export/write/write-model.ts';
import { expectClose } from '../../helpers/close.ts';
import { startBackend } from '../parity.ts';
import { seededValues } from '../seeded-values.ts';
import { gradientValues } from './vjp.ts';

/**
 * The gradient graphs of the models that the repository ships, held against TensorFlow.js: their forward graphs run in it,
 * operator by operator, with its own kernels and its own gradients.
 */

const models = join(import.meta.dirname, '../../../models');
let root: string;
beforeAll(async () => {
  await startBackend('cpu');
  root = await mkdtemp(join(tmpdir(), 'senn-shipped-'));
});
afterAll(() => rm(root, { recursive: true }));

type Operator = (x: tf.Tensor[], attributes: OnnxNode['attributes']) => tf.Tensor;

const nhwc = (x: tf.Tensor): tf.Tensor4D => tf.transpose(x, [0, 2, 3, 1]) as tf.Tensor4D;
/** Of a value that stands in for shapes of which the batch alone is read. */
const whole = (x: tf.Tensor): number[] => [...x.dataSync()];

const operators: Readonly<Record<string, Operator>> = {
  Add: ([a, b]) => tf.add(a as tf.Tensor, b as tf.Tensor),
  BatchNormalization: ([x, scale, offset, mean, variance], { epsilon }) =>
    tf.batchNorm(
      x as tf.Tensor2D,
      mean as tf.Tensor1D,
      variance as tf.Tensor1D,
      offset as tf.Tensor1D,
      scale as tf.Tensor1D,
      epsilon as number,
    ),
  Concat: (parts, { axis }) => tf.concat(parts, axis as number),
  Conv: ([x, w, b], { strides, pads }) => {
    const [top = 0, left = 0, bottom = 0, right = 0] = pads as number[];
    const padded = tf.pad(nhwc(x as tf.Tensor), [
      [0, 0],
      [top, bottom],
      [left, right],
      [0, 0],
    ]);
    const kernel = tf.transpose(w as tf.Tensor4D, [2, 3, 1, 0]);
    const y = tf.conv2d(padded as tf.Tensor4D, kernel, strides as [number, number], 'valid');
    return tf.transpose(tf.add(y, b as tf.Tensor), [0, 3, 1, 2]);
  },
  Expand: ([x, sizes]) => tf.broadcastTo(x as tf.Tensor, whole(sizes as tf.Tensor)),
  Gemm: ([a, b, c], { transB }) =>
    tf.add(tf.matMul(a as tf.Tensor, b as tf.Tensor, false, transB === 1), c as tf.Tensor),
  Mul: ([a, b]) => tf.mul(a as tf.Tensor, b as tf.Tensor),
  Neg: ([x]) => tf.neg(x as tf.Tensor),
  ReduceSum: ([x, axes], { keepdims }) => tf.sum(x as tf.Tensor, whole(axes as tf.Tensor), keepdims === 1),
  Relu: ([x]) => tf.relu(x as tf.Tensor),
  Reshape: ([x, sizes]) => {
    const { shape } = x as tf.Tensor;
    return tf.reshape(
      x as tf.Tensor,
      whole(sizes as tf.Tensor).map((size, i) => (size === 0 ? (shape[i] as number) : size)),
    );
  },
  Shape: ([x], { start, end }) => tf.tensor1d((x as tf.Tensor).shape.slice(start as number, end as number), 'int32'),
  Softplus: ([x]) => tf.softplus(x as tf.Tensor),
  Sqrt: ([x]) => tf.sqrt(x as tf.Tensor),
  Sub: ([a, b]) => tf.sub(a as tf.Tensor, b as tf.Tensor),
  Tanh: ([x]) => tf.tanh(x as tf.Tensor),
  Transpose: ([x], { perm }) => tf.transpose(x as tf.Tensor, perm as number[]),
  Where: ([condition, a, b]) => tf.where(condition as tf.Tensor, a as tf.Tensor, b as tf.Tensor),
};

/** A constant of the graph: whole numbers as int32, as TensorFlow.js has them. */
function constantOf(type: string, dims: readonly number[], bytes: Uint8Array): tf.Tensor {
  const { buffer } = Uint8Array.from(bytes);
  if (type === 'int64') return tf.tensor(Array.from(new BigInt64Array(buffer), Number), [...dims], 'int32');
  if (type === 'bool') return tf.tensor([...bytes], [...dims], 'bool');
  return tf.tensor(new Float32Array(buffer), [...dims]);
}

/** Logits of a forward graph, run by TensorFlow.js. */
function logitsOf(bytes: Uint8Array, where: string): (input: tf.Tensor) => tf.Tensor {
  const { nodes, initializers } = readOnnx(bytes, where);
  const constants = initializers.map(({ name, type, dims, data }) => {
    if (data.kind !== 'inline') throw new Error(`${where}: ${name} is not in the file`);
    return [name, constantOf(type, dims, data.bytes)] as const;
  });
  return (input) => {
    const values = new Map<string, tf.Tensor>([...constants, ['input', input]]);
    for (const { opType, inputs, outputs, attributes } of nodes) {
      const operands = inputs.map((name) => values.get(name) as tf.Tensor);
      values.set(outputs[0] as string, (operators[opType] as Operator)(operands, attributes));
    }
    const [h, theta] = [values.get('concepts') as tf.Tensor, values.get('relevances') as tf.Tensor];
    return tf.sum(tf.mul(tf.expandDims(h, 2), theta), 1);
  };
}

describe.each(['mnist-disenn', 'mnist-senn', 'compas-senn', 'mnist-prototype-dnn'])('%s', (name) => {
  it('has the gradient that TensorFlow.js has, at inputs as they are and with noise', async () => {
    const [source, folder] = [join(models, name), join(root, basename(name))];
    await cp(source, folder, { recursive: true });
    await exportRun(folder, folder, { gradients: true });
    const golden = parseGolden(JSON.parse(await readFile(join(folder, 'golden.json'), 'utf8')));
    const { shape, data } = golden.tensors['input'] as (typeof golden.tensors)[string];
    const sizes = [2, ...shape.slice(1)];
    const plain = tf.tensor(
      data.slice(
        0,
        sizes.reduce((a, b) => a * b),
      ),
      sizes,
    );
    const noisy = tf.add(
      plain,
      tf.tensor(
        seededValues(4, plain.size).map((value) => 0.3 * value),
        sizes,
      ),
    );
    const f = logitsOf(await readFile(join(folder, 'model.onnx')), name);
    // Without 0 in what is taken by its root, where TensorFlow.js has no gradient.
    const moved = name === 'compas-senn' ? [tf.abs(noisy)] : [plain, noisy];
    for (const input of moved) {
      const logits = f(input);
      const weights = tf.oneHot(tf.argMax(logits, 1), logits.shape[1] as number).toFloat();
      const expected = tf
        .grad((x) => tf.sum(tf.mul(f(x), weights)))(input)
        .dataSync();
      const [gradient] = await gradientValues(await readFile(join(folder, 'gradient.onnx')), [input, weights]);
      const largest = Math.max(...expected.map(Math.abs));
      expect(largest).toBeGreaterThan(1e-3);
      expectClose(gradient ?? [], expected as Float32Array, { absolute: 1e-4 * largest, relative: 0 });
    }
  });
});
