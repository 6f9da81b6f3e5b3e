import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { randomStream } from '../../../core/random.ts';
import { runChain } from '../../../training/networks/chain/run.ts';
import { initialWeights } from '../../../training/networks/initial-weights.ts';
import { createParameterizer } from '../../../training/networks/parameterizer.ts';

const [SHAPE, CONCEPTS, CLASSES] = [[4], 3, 5] as const;

describe('relevances that are centered over the classes', () => {
  it('sum to 0, and leave every difference between classes as it is', () => {
    const make = (output: 'linear' | 'centered') =>
      createParameterizer(
        { kind: 'dense', reads: 'concepts', hidden: [6], activation: 'tanh', dropout: 0, output },
        SHAPE,
        CONCEPTS,
        CLASSES,
        initialWeights('he', randomStream(1)),
      );
    const [linear, centered] = [make('linear'), make('centered')];
    centered.setWeights(linear.getWeights());
    const x = tf.randomNormal([7, ...SHAPE], 0, 1, 'float32', 3);
    const [before, after] = [linear, centered].map((chain) => runChain(chain, x, undefined).output) as [
      tf.Tensor3D,
      tf.Tensor3D,
    ];
    for (const sum of tf.sum(after, 2).dataSync()) expect(sum).toBeCloseTo(0, 5);
    expect(Math.max(...tf.abs(tf.sum(before, 2)).dataSync())).toBeGreaterThan(0.1);
    const steps = (theta: tf.Tensor3D) =>
      tf.sub(tf.slice(theta, [0, 0, 1]), tf.slice(theta, [0, 0, 0], [-1, -1, CLASSES - 1]));
    expect(Math.max(...tf.abs(tf.sub(steps(before), steps(after))).dataSync())).toBeLessThan(1e-5);
  });
});
