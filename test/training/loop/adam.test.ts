import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { Adam } from '../../../training/loop/adam.ts';
import { expectClose } from '../../helpers/close.ts';
import { availableBackends, useBackend } from '../backends/installed.ts';

const variable = (values: () => tf.Tensor): tf.Variable => tf.tidy(() => tf.variable(values()));
const variables = () => [variable(() => tf.tensor2d([[1, -2, 3]])), variable(() => tf.scalar(0.5))];

/** Gradients of Σ (w·w/2 + step·w), which differ from step to step. */
const gradients = (of: readonly tf.Variable[], step: number): tf.NamedTensorMap =>
  Object.fromEntries(of.map((weights) => [weights.name, tf.add(weights, step / 3)]));

const values = (of: readonly tf.Variable[]): number[] => of.flatMap((weights) => Array.from(weights.dataSync()));

describe.each(availableBackends)('Adam on %s', (backend) => {
  beforeAll(() => useBackend(backend));

  it('takes the steps of the algorithm in double precision, also where the rate changes', () => {
    const weights = variables();
    const adam = new Adam(weights, 0.1);
    const expected = values(weights);
    const [mean, square] = [expected.map(() => 0), expected.map(() => 0)];
    for (let step = 0; step < 20; step++) {
      adam.learningRate = step < 10 ? 0.1 : 0.02;
      tf.tidy(() => adam.apply(gradients(weights, step)));
      expected.forEach((weight, i) => {
        const gradient = weight + step / 3;
        const m = 0.9 * (mean[i] as number) + 0.1 * gradient;
        const v = 0.999 * (square[i] as number) + 0.001 * gradient ** 2;
        [mean[i], square[i]] = [m, v];
        const [unbiasedMean, unbiasedSquare] = [m / (1 - 0.9 ** (step + 1)), v / (1 - 0.999 ** (step + 1))];
        expected[i] = weight - (adam.learningRate * unbiasedMean) / (Math.sqrt(unbiasedSquare) + 1e-7);
      });
      expectClose(values(weights), expected, { absolute: 1e-6, relative: 1e-6 });
    }
  });

  it('goes on to the same bits from a saved state, and keeps no tensors', async () => {
    const before = tf.memory().numTensors;
    const [whole, broken] = [variables(), variables()];
    const adam = new Adam(whole, 0.1);
    let other = new Adam(broken, 0.1);
    for (let step = 0; step < 12; step++) {
      if (step === 7) {
        const saved = await other.state();
        other.dispose();
        other = new Adam(broken, 0.1);
        other.restore(saved);
      }
      tf.tidy(() => adam.apply(gradients(whole, step)));
      tf.tidy(() => other.apply(gradients(broken, step)));
    }
    expect(values(broken)).toEqual(values(whole));
    adam.dispose();
    other.dispose();
    tf.dispose([...whole, ...broken]);
    expect(tf.memory().numTensors).toBe(before);
  });

  it('leaves a variable alone that the loss does not reach', () => {
    const [reached, other] = variables() as [tf.Variable, tf.Variable];
    const adam = new Adam([other, reached], 0.1);
    tf.tidy(() => adam.apply({ [reached.name]: tf.onesLike(reached) }));
    expectClose(values([reached, other]), [0.9, -2.1, 2.9, 0.5], { absolute: 1e-5, relative: 0 });
  });

  it('refuses the state of other variables, and one that an earlier version saved', async () => {
    const [weights, others] = [variables(), [tf.variable(tf.zeros([7]))]];
    const adam = new Adam(weights, 0.1);
    const state = await new Adam(others, 0.1).state();
    expect(() => adam.restore(state)).toThrow(/cannot be resumed: the optimizer was saved by another version/);
    const own = await adam.state();
    const renamed = own.specs.map((spec) => ({ ...spec, name: `conv/${spec.name}` }));
    expect(() => adam.restore({ ...own, specs: renamed })).toThrow(/start the run anew/);
  });
});
