import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { classificationLoss } from '../../training/losses/classification.ts';
import { lossTerms, lossTermsOf, totalLoss } from '../../training/losses/index.ts';
import { exactSquaredNorms, probeSquaredNorms, robustnessLoss } from '../../training/losses/robustness.ts';
import { klDivergence, reconstructionLoss } from '../../training/losses/variational.ts';
import { aggregate, applyModel, trainableVariables } from '../../training/networks/index.ts';
import { expectClose } from '../helpers/close.ts';
import { availableBackends, useBackend } from './backends.ts';
import { directionalDerivatives } from './finite-differences.ts';
import { CLASSES, tinyBatch, tinyConfig, tinyNetworks } from './tiny.ts';

const FLOAT = { absolute: 1e-5, relative: 1e-4 };
const DIFFERENCE = { absolute: 1e-3, relative: 1e-2 };

describe.each(availableBackends)('losses on %s', (backend) => {
  beforeAll(() => useBackend(backend));

  describe.each(['softplus', 'tanh', 'sigmoid', 'elu'])('with %s', (activation) => {
    it.each(['exact', 'probe'])('parameter gradients of every term match finite differences (%s)', (estimator) => {
      const config = tinyConfig({ activation, estimator });
      const networks = tinyNetworks(config);
      const batch = tinyBatch(config);
      const variables = trainableVariables(networks);
      let compared = 0;
      // Only the robustness term knows the estimator.
      for (const term of estimator === 'exact' ? lossTerms : (['robustness'] as const)) {
        variables.forEach((variable, i) => {
          // A term that does not use the variable has the derivative zero, which tfjs would refuse to compute.
          const loss = () =>
            tf.add(totalLoss(networks, batch, config)[term] as tf.Scalar, tf.mul(0, tf.sum(variable))) as tf.Scalar;
          const { tape, difference } = directionalDerivatives(loss, variable, 100 + i);
          expectClose(tape, difference, DIFFERENCE);
          if (Math.abs(difference) > 10 * DIFFERENCE.absolute) compared++;
        });
      }
      expect(compared).toBeGreaterThan(estimator === 'exact' ? 25 : 2);
    });
  });

  it('the robustness loss is ‖∇f − θᵀJ_h‖, computed the long way', () => {
    const config = tinyConfig({ activation: 'tanh' });
    const networks = tinyNetworks(config);
    const { x, xForRobustness } = tinyBatch(config);
    const count = x.shape[0];
    const h = (input: tf.Tensor) => applyModel(networks.conceptizer, input, true)[0] as tf.Tensor2D;
    const theta = (input: tf.Tensor) => applyModel(networks.parameterizer, input, true)[0] as tf.Tensor3D;
    const relevances = theta(x).arraySync();
    const expected = new Array<number>(count).fill(0);
    for (let c = 0; c < CLASSES; c++) {
      const whole = tf.grad((input) => tf.sum(tf.slice(aggregate(h(input), theta(input)), [0, c], [-1, 1])))(x);
      const parts = Array.from({ length: config.conceptizer.concepts }, (_, k) => {
        const jacobianRow = tf.grad((input) => tf.sum(tf.slice(h(input), [0, k], [-1, 1])))(x);
        const weights = tf.tensor(
          relevances.map((row) => row[k]?.[c] as number),
          [count, 1, 1, 1],
        );
        return tf.mul(weights, jacobianRow);
      });
      const difference = tf.sub(whole, tf.addN(parts));
      const squared = tf.sum(tf.square(difference), [1, 2, 3]).dataSync();
      squared.forEach((value, n) => {
        expected[n] = (expected[n] as number) + value;
      });
    }
    const actual = exactSquaredNorms(theta, h(x), xForRobustness, CLASSES).dataSync();
    expect(Math.min(...expected)).toBeGreaterThan(1e-4);
    expectClose(actual, expected, FLOAT);
  });

  it('the probe is the exact squared norm in expectation: the mean over all 2^C sign vectors', () => {
    const config = tinyConfig();
    const networks = tinyNetworks(config);
    const { x, xForRobustness } = tinyBatch(config);
    const count = x.shape[0];
    const concepts = applyModel(networks.conceptizer, x, true)[0] as tf.Tensor2D;
    const theta = (input: tf.Tensor) => applyModel(networks.parameterizer, input, true)[0] as tf.Tensor3D;
    const exact = exactSquaredNorms(theta, concepts, xForRobustness, CLASSES).dataSync();
    const mean = new Float64Array(count);
    for (let bits = 0; bits < 2 ** CLASSES; bits++) {
      const signs = Array.from({ length: CLASSES }, (_, c) => ((bits >> c) & 1 ? 1 : -1));
      const directions = tf.tile(tf.tensor2d([signs]), [count, 1]);
      const probe = probeSquaredNorms(theta, concepts, xForRobustness, directions).dataSync();
      probe.forEach((value, n) => {
        mean[n] = (mean[n] as number) + value / 2 ** CLASSES;
      });
    }
    expectClose(mean, exact, FLOAT);
  });

  it('closed forms: cross-entropy, Bernoulli reconstruction, KL from the standard normal', () => {
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
    expectClose(reconstructionLoss(half, tf.ones([2, 2, 2, 1])).dataSync(), [4 * Math.log(2)], FLOAT);
    expectClose(klDivergence(tf.zeros([3, 2]), tf.zeros([3, 2])).dataSync(), [0], FLOAT);
    const variance = 0.25;
    const expected = 2 * 0.5 * (9 + variance - 1 - Math.log(variance));
    expectClose(klDivergence(tf.fill([3, 2], 3), tf.fill([3, 2], Math.log(variance))).dataSync(), [expected], FLOAT);
  });

  it('the loss is the weighted sum of its terms', () => {
    const config = tinyConfig();
    const terms = totalLoss(tinyNetworks(config), tinyBatch(config), config);
    const value = (term: keyof typeof terms) => terms[term]?.dataSync()[0] as number;
    const expected =
      value('classification') + 0.5 * value('robustness') + 0.1 * (value('reconstruction') + 2 * value('kl'));
    expectClose(value('loss'), expected, FLOAT);
  });

  it('a robustness loss of weight 0 is not computed, and not reported as 0', () => {
    const config = tinyConfig({ weight: 0 });
    expect(Object.keys(totalLoss(tinyNetworks(config), tinyBatch(config), config))).toEqual(lossTermsOf(config));
    expect(lossTermsOf(config)).not.toContain('robustness');
  });

  it('the robustness loss has a finite gradient where θ does not depend on x', () => {
    const constant = tf.variable(tf.ones([1, 2, CLASSES]));
    const parameterize = (input: tf.Tensor) =>
      tf.mul(constant, tf.add(1, tf.mul(0, tf.reshape(tf.sum(input, 1), [-1, 1, 1])))) as tf.Tensor3D;
    const loss = () => robustnessLoss(exactSquaredNorms(parameterize, tf.ones([2, 2]), tf.ones([2, 4]), CLASSES));
    const { grads } = tf.variableGrads(loss, [constant]);
    expect(Array.from(Object.values(grads)[0]?.dataSync() ?? [Number.NaN]).every(Number.isFinite)).toBe(true);
  });
});
