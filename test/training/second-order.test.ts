import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { expectClose } from '../helpers/close.ts';
import { availableBackends, useBackend } from './backends.ts';
import { directionalDerivatives } from './finite-differences.ts';

/** Every op whose second-order gradient tfjs loses or lacks, after an inner product with weights. */
const ops: Record<string, (z: tf.Tensor2D) => tf.Tensor> = {
  tanh: (z) => tf.tanh(z),
  sigmoid: (z) => tf.sigmoid(z),
  exp: (z) => tf.exp(z),
  elu: (z) => tf.elu(z),
  softmax: (z) => tf.square(tf.softmax(z)),
  softplus: (z) => tf.softplus(z),
  'square of relu': (z) => tf.square(tf.relu(z)),
  'square of relu6': (z) => tf.square(tf.relu6(z)),
  'square of leakyRelu': (z) => tf.square(tf.leakyRelu(z, 0.3)),
  'square of clip': (z) => tf.square(tf.clipByValue(z, -0.9, 0.9)),
  'square of maximum': (z) => tf.square(tf.maximum(z, tf.mul(z, 0.5))),
  'square of max pooling': (z) => tf.square(tf.maxPool(tf.reshape(z, [-1, 4, 4, 1]) as tf.Tensor4D, 2, 2, 'valid')),
  'square of average pooling': (z) => tf.square(tf.avgPool(tf.reshape(z, [-1, 4, 4, 1]) as tf.Tensor4D, 2, 2, 'valid')),
};

describe.each(availableBackends)('second-order gradients on %s', (backend) => {
  beforeAll(() => useBackend(backend));

  it.each(Object.keys(ops))('d/dw ‖∇ₓ Σ op(x·w)‖² through %s matches finite differences', (name) => {
    const op = ops[name] as (z: tf.Tensor2D) => tf.Tensor;
    const x = tf.randomNormal<tf.Rank.R2>([3, 5], 0, 1, 'float32', 5);
    const w = tf.variable(tf.randomNormal<tf.Rank.R2>([5, 16], 0, 0.5, 'float32', 21));
    const weights = tf.randomUniform([1], 0.5, 1.5, 'float32', 8);
    const loss = () => {
      const gradient = tf.grad((input) =>
        tf.sum(tf.mul(weights, op(tf.matMul(input as tf.Tensor2D, w as tf.Tensor2D)))),
      )(x);
      return tf.sum(tf.square(gradient)) as tf.Scalar;
    };
    const { tape, difference } = directionalDerivatives(loss, w, 17, 2e-3);
    expect(Math.abs(difference)).toBeGreaterThan(1e-3);
    expectClose(tape, difference, { absolute: 5e-3, relative: 2e-2 });
    w.dispose();
  });

  it('refuses overlapping max pooling by name instead of a wrong number', () => {
    const x = tf.randomNormal<tf.Rank.R4>([1, 5, 5, 1]);
    const w = tf.variable(tf.scalar(1));
    const inner = () =>
      tf.sum(
        tf.square(tf.grad((input) => tf.sum(tf.square(tf.maxPool(tf.mul(input, w) as tf.Tensor4D, 3, 1, 'valid'))))(x)),
      ) as tf.Scalar;
    expect(() => tf.variableGrads(inner, [w])).toThrow(/max pooling needs windows/);
    w.dispose();
  });
});
