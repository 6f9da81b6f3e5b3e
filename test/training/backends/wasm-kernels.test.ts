import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, it } from 'vitest';
import { startBackend } from '../../../training/backends/index.ts';
import { expectClose } from '../../helpers/close.ts';

interface Case {
  readonly size: number;
  readonly stride: number;
  readonly pad: 'same' | 'valid';
  readonly kernel: number;
}

const cases: Case[] = [1, 2, 3, 4].flatMap((stride) =>
  (['same', 'valid'] as const).flatMap((pad) =>
    [2, 3, 4, 5].flatMap((kernel) => [9, 10].map((size) => ({ size, stride, pad, kernel }))),
  ),
);

const N = 2;
const C = 3;
const O = 2;

/** A convolution and both its gradients by their definition: every product of an input pixel, a tap and an output pixel. */
function byDefinition(
  { size, stride, pad, kernel }: Case,
  x: ArrayLike<number>,
  filter: ArrayLike<number>,
  dy: ArrayLike<number>,
) {
  const width = size + 1;
  const out = (n: number) => (pad === 'same' ? Math.ceil(n / stride) : Math.ceil((n - kernel + 1) / stride));
  const before = (n: number) => (pad === 'same' ? Math.floor(Math.max(0, (out(n) - 1) * stride + kernel - n) / 2) : 0);
  const y = new Float64Array(N * out(size) * out(width) * O);
  const dx = new Float64Array(N * size * width * C);
  const dFilter = new Float64Array(kernel * kernel * C * O);
  for (let n = 0; n < N; n++)
    for (let i = 0; i < out(size); i++)
      for (let j = 0; j < out(width); j++)
        for (let a = 0; a < kernel; a++)
          for (let b = 0; b < kernel; b++) {
            const row = i * stride + a - before(size);
            const column = j * stride + b - before(width);
            if (row < 0 || row >= size || column < 0 || column >= width) continue;
            for (let c = 0; c < C; c++)
              for (let o = 0; o < O; o++) {
                const pixel = ((n * size + row) * width + column) * C + c;
                const tap = ((a * kernel + b) * C + c) * O + o;
                const output = ((n * out(size) + i) * out(width) + j) * O + o;
                const gradient = dy[output] as number;
                y[output] = (y[output] as number) + (x[pixel] as number) * (filter[tap] as number);
                dx[pixel] = (dx[pixel] as number) + gradient * (filter[tap] as number);
                dFilter[tap] = (dFilter[tap] as number) + gradient * (x[pixel] as number);
              }
          }
  return { y, dx, dFilter };
}

describe('WASM kernels for training', () => {
  beforeAll(() => startBackend('wasm'));

  it.each(cases)('a convolution and both its gradients are their definition: %o', (testCase) => {
    const { size, stride, pad, kernel } = testCase;
    tf.tidy(() => {
      const x = tf.randomNormal<tf.Rank.R4>([N, size, size + 1, C], 0, 1, 'float32', 1);
      const filter = tf.randomNormal<tf.Rank.R4>([kernel, kernel, C, O], 0, 1, 'float32', 2);
      const y = tf.conv2d(x, filter, stride, pad);
      const dy = tf.randomNormal(y.shape, 0, 1, 'float32', 3);
      const [dx, dFilter] = tf.grads((a, b) => tf.conv2d(a as tf.Tensor4D, b as tf.Tensor4D, stride, pad))(
        [x, filter],
        dy,
      );
      const expected = byDefinition(testCase, x.dataSync(), filter.dataSync(), dy.dataSync());
      expectClose(y.dataSync(), expected.y, { absolute: 1e-4, relative: 1e-4 });
      const bias = tf.tensor1d([0.5, -0.5]);
      const fused = tf.fused.conv2d({ x, filter, strides: stride, pad, bias, activation: 'relu' });
      expectClose(fused.dataSync(), tf.relu(tf.add(y, bias)).dataSync(), { absolute: 1e-5, relative: 1e-5 });
      expectClose((dx as tf.Tensor).dataSync(), expected.dx, { absolute: 1e-4, relative: 1e-4 });
      expectClose((dFilter as tf.Tensor).dataSync(), expected.dFilter, { absolute: 1e-4, relative: 1e-4 });
    });
  });

  it.each([
    [false, true],
    [true, false],
    [true, true],
  ])('products of transposed matrices (%s, %s)', (transposeA, transposeB) => {
    const a = tf.randomNormal<tf.Rank.R3>([2, 3, 4], 0, 1, 'float32', 4);
    const b = tf.randomNormal<tf.Rank.R3>([2, 4, 5], 0, 1, 'float32', 5);
    const swap = (t: tf.Tensor3D, yes: boolean) => (yes ? tf.transpose(t, [0, 2, 1]) : t);
    const product = tf.matMul(swap(a, transposeA), swap(b, transposeB), transposeA, transposeB);
    expectClose(product.dataSync(), tf.matMul(a, b).dataSync(), { absolute: 1e-5, relative: 1e-5 });
  });
});
