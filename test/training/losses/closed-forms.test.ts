import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { decomposeKl, klDivergence } from '../../../training/kinds/disenn/kl.ts';
import { classificationLoss } from '../../../training/losses/classification.ts';
import { reconstructionLosses } from '../../../training/losses/reconstruction.ts';
import { expectClose } from '../../helpers/close.ts';
import { availableBackends, useBackend } from '../backends/installed.ts';
import { FLOAT } from './compare-gradients.ts';

describe.each(availableBackends)('losses that are known in closed form, on %s', (backend) => {
  beforeAll(() => useBackend(backend));

  it('closed forms: cross-entropy, reconstructions, KL from the standard normal', () => {
    const logits = tf.tensor2d([
      [1000, 0],
      [0, 0],
    ]);
    const labels = tf.tensor2d([
      [1, 0],
      [0, 1],
    ]);
    expectClose(classificationLoss(logits, labels).dataSync(), [Math.log(2) / 2], FLOAT);
    const half = tf.fill([2, 2, 2, 1], 0.5) as tf.Tensor4D;
    const ones = tf.ones([2, 2, 2, 1]);
    expectClose(reconstructionLosses.bernoulli(half, ones).dataSync(), [4 * Math.log(2)], FLOAT);
    expectClose(reconstructionLosses.squared(half, ones).dataSync(), [4 * 0.25], FLOAT);
    expectClose(klDivergence(tf.zeros([3, 2]), tf.zeros([3, 2])).dataSync(), [0], FLOAT);
    const variance = 0.25;
    const expected = 2 * 0.5 * (9 + variance - 1 - Math.log(variance));
    expectClose(klDivergence(tf.fill([3, 2], 3), tf.fill([3, 2], Math.log(variance))).dataSync(), [expected], FLOAT);
  });

  it('the parts of the KL divergence add up to log q(z|x) − log p(z), and independent latents correlate little', () => {
    const N = 256;
    const mean = tf.randomNormal<tf.Rank.R2>([N, 2], 0, 1, 'float32', 1);
    const logVariance = tf.fill([N, 2], Math.log(0.3)) as tf.Tensor2D;
    const noise = tf.randomNormal([N, 2], 0, 1, 'float32', 2);
    const z = tf.add(mean, tf.mul(noise, Math.sqrt(0.3))) as tf.Tensor2D;
    const independent = decomposeKl(z, mean, logVariance, N);
    const sum = Object.values(independent).reduce((total, part) => total + (part.dataSync()[0] as number), 0);
    const direct = tf
      .mean(tf.sum(tf.mul(0.5, tf.sub(tf.square(z), tf.add(tf.square(noise), Math.log(0.3)))), 1))
      .dataSync()[0] as number;
    expectClose([sum], [direct], FLOAT);
    const twin = (t: tf.Tensor2D) => tf.tile(tf.slice(t, [0, 0], [-1, 1]), [1, 2]) as tf.Tensor2D;
    const correlated = decomposeKl(twin(z), twin(mean), logVariance, N);
    const value = (t: tf.Scalar) => t.dataSync()[0] as number;
    expect(value(correlated.totalCorrelation)).toBeGreaterThan(value(independent.totalCorrelation) + 0.5);
  });
});
