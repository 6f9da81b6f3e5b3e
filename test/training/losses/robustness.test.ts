import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { randomStream } from '../../../core/random.ts';
import { forwardPass } from '../../../training/kinds/shared/forward.ts';
import { estimators, robustnessLoss } from '../../../training/losses/robustness.ts';
import { aggregate } from '../../../training/networks/forward.ts';
import { expectClose } from '../../helpers/close.ts';
import { availableBackends, useBackend } from '../backends/installed.ts';
import { CLASSES, tinyBatch, tinyConfig, tinyNetworks } from '../tiny.ts';
import { compareGradients, FLOAT } from './compare-gradients.ts';
import { make } from './example-networks.ts';

describe.each(availableBackends)('the robustness loss on %s', (backend) => {
  beforeAll(() => useBackend(backend));

  it.each(['β-TCVAE', 'autoencoder with a channel head, pooling and dropout'])(
    'the robustness loss of a %s is ‖∇f − θᵀJ_h‖, computed the long way',
    (name) => {
      const { networks, batch } = make(name);
      const { x } = batch;
      const count = x.shape[0] as number;
      const first = (model: tf.LayersModel, input: tf.Tensor) => {
        const output = model.apply(input);
        return (Array.isArray(output) ? output[0] : output) as tf.Tensor;
      };
      const h = (input: tf.Tensor) => first(networks.conceptizer, input) as tf.Tensor2D;
      const theta = (input: tf.Tensor) => first(networks.parameterizer, input) as tf.Tensor3D;
      const relevances = theta(x).arraySync();
      const expected = new Array<number>(count).fill(0);
      for (let c = 0; c < CLASSES; c++) {
        const whole = tf.grad((input) => tf.sum(tf.slice(aggregate(h(input), theta(input)), [0, c], [-1, 1])))(x);
        const parts = Array.from({ length: h(x).shape[1] }, (_, k) => {
          const jacobianRow = tf.grad((input) => tf.sum(tf.slice(h(input), [0, k], [-1, 1])))(x);
          const weights = tf.tensor(
            relevances.map((row) => row[k]?.[c] as number),
            [count, 1, 1, 1],
          );
          return tf.mul(weights, jacobianRow);
        });
        const squared = tf.sum(tf.square(tf.sub(whole, tf.addN(parts))), [1, 2, 3]).dataSync();
        squared.forEach((value, n) => {
          expected[n] = (expected[n] as number) + value;
        });
      }
      const pass = forwardPass(networks, x, 'input');
      expect(Math.min(...expected)).toBeGreaterThan(1e-5);
      expectClose(estimators.exact(pass, randomStream(1)).difference.dataSync(), expected, {
        absolute: 1e-6,
        relative: 1e-3,
      });
      const batchNorm = robustnessLoss(pass, { estimator: 'exact', reduction: 'batch' }, randomStream(1));
      expectClose(batchNorm.dataSync(), [Math.sqrt(expected.reduce((a, b) => a + b))], FLOAT);
    },
  );

  it('where θ reads the concepts it is ‖∇_h f − θ(h)‖, absolute or as a share of ‖θ‖', () => {
    const { networks, batch, config } = make('closed β-VAE, standardised, with every term');
    const pass = forwardPass(networks, batch.x, config.parameterizer.reads);
    const theta = (h: tf.Tensor) => networks.parameterizer.apply(h) as tf.Tensor3D;
    const count = pass.concepts.shape[0];
    const expected = new Array<number>(count).fill(0);
    for (let c = 0; c < CLASSES; c++) {
      const ofClass = (values: tf.Tensor) => tf.slice(values, [0, 0, c], [-1, -1, 1]);
      const whole = tf.grad((h) => tf.sum(ofClass(tf.mul(tf.expandDims(h, 2), theta(h)))))(pass.concepts);
      const squared = tf.sum(tf.square(tf.sub(whole, tf.squeeze(ofClass(pass.relevances), [2]))), 1).dataSync();
      squared.forEach((value, n) => {
        expected[n] = (expected[n] as number) + value;
      });
    }
    const norms = tf.sum(tf.square(pass.relevances), [1, 2]).dataSync();
    expect(Math.min(...expected)).toBeGreaterThan(1e-5);
    const loss = (scale: 'absolute' | 'relative') =>
      robustnessLoss(pass, { estimator: 'exact', reduction: 'mean', scale }, randomStream(1)).dataSync();
    const mean = (values: number[]) => values.reduce((sum, value) => sum + value / count, 0);
    expectClose(loss('absolute'), [mean(expected.map(Math.sqrt))], FLOAT);
    expectClose(loss('relative'), [mean(expected.map((value, n) => Math.sqrt(value / (norms[n] as number))))], FLOAT);
  });

  it.each(['exact', 'probe'] as const)('%s of a share of the batch is that of its first inputs', (estimator) => {
    for (const name of ['β-TCVAE', 'autoencoder with a channel head, pooling and dropout']) {
      const { networks, batch } = make(name);
      const part = { x: tf.slice(batch.x, 0, 2), labels: tf.slice(batch.labels, 0, 2) as tf.Tensor2D };
      const value = (x: tf.Tensor, share: number, reduction: 'mean' | 'batch') =>
        robustnessLoss(forwardPass(networks, x, 'input'), { estimator, reduction, share }, randomStream(1)).dataSync();
      expectClose(value(batch.x, 0.4, 'mean'), value(part.x, 1, 'mean'), FLOAT);
      expectClose(
        value(batch.x, 0.4, 'batch')[0] as number,
        Math.SQRT2 * (value(part.x, 1, 'batch')[0] as number),
        FLOAT,
      );
    }
  });

  it('parameter gradients match finite differences where the robustness loss is of a share of the batch', () => {
    const { networks, batch, config } = make('autoencoder with a channel head, pooling and dropout');
    const shared = { ...config, robustness: { ...config.robustness, weight: 0.5, share: 0.5 } };
    expect(compareGradients(networks, batch, shared, 2e-3)).toBeGreaterThan(8);
  });

  it('the probe is the exact squared norm in expectation', () => {
    const config = tinyConfig();
    const pass = forwardPass(tinyNetworks(config), tinyBatch().x, 'input');
    const random = randomStream(5);
    const exact = estimators.exact(pass, random).difference.dataSync();
    const draws = 400;
    const mean = new Float64Array(exact.length);
    for (let i = 0; i < draws; i++) {
      tf.tidy(() => estimators.probe(pass, random).difference.dataSync()).forEach((value, n) => {
        mean[n] = (mean[n] as number) + value / draws;
      });
    }
    expectClose(mean, exact, { absolute: 1e-6, relative: 0.15 });
  });

  it('the robustness loss has a finite gradient where θ does not depend on x', () => {
    const constant = tf.variable(tf.ones([2, 2, CLASSES]));
    const loss = () => {
      const pass = {
        concepts: tf.ones([2, 2]) as tf.Tensor2D,
        relevances: tf.ones([2, 2, CLASSES]) as tf.Tensor3D,
        logits: tf.zeros([2, CLASSES]) as tf.Tensor2D,
        pullback: (cotangent: tf.Tensor) => tf.mul(cotangent, tf.mul(0, tf.tile(constant, [CLASSES, 1, 1]))),
      };
      return robustnessLoss(pass, { estimator: 'exact', reduction: 'mean' }, randomStream(1));
    };
    const { grads } = tf.variableGrads(loss, [constant]);
    expect(Array.from(Object.values(grads)[0]?.dataSync() ?? [Number.NaN]).every(Number.isFinite)).toBe(true);
  });
});
