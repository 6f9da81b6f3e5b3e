import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { randomStream } from '../../../core/random.ts';
import type { Config } from '../../../training/config/config.ts';
import { classificationLoss } from '../../../training/losses/classification.ts';
import { type LossTerm, lossWeights, termsOf, totalLoss } from '../../../training/losses/index.ts';
import { reconstructionLosses } from '../../../training/losses/reconstruction.ts';
import { estimators, robustnessLoss } from '../../../training/losses/robustness.ts';
import { decomposeKl, klDivergence } from '../../../training/losses/variational.ts';
import { aggregate, forwardPass } from '../../../training/networks/forward.ts';
import { createNetworks, type Networks, type Task, trainableVariables } from '../../../training/networks/index.ts';
import { expectClose } from '../../helpers/close.ts';
import { availableBackends, useBackend } from '../backends/installed.ts';
import { CLASSES, SIZE, tinyBatch, tinyConfig, tinyNetworks } from '../tiny.ts';
import { directionalDerivatives } from './finite-differences.ts';

const FLOAT = { absolute: 1e-5, relative: 1e-4 };
const DIFFERENCE = { absolute: 1e-3, relative: 1e-2 };

/** Always the same random choices. */
const lossOf = (networks: Networks, batch: ReturnType<typeof tinyBatch>, config: Config) =>
  totalLoss(networks, batch, { config, weights: lossWeights(config), count: 20, random: randomStream(3) });

/** Compares every term's gradient by every variable. @returns how many derivatives were far from zero */
function compareGradients(
  networks: Networks,
  batch: ReturnType<typeof tinyBatch>,
  config: Config,
  step?: number,
): number {
  const variables = trainableVariables(Object.values(networks));
  let compared = 0;
  for (const term of termsOf(lossWeights(config))) {
    variables.forEach((variable, i) => {
      // A term that does not use the variable has the derivative zero, which tfjs would refuse to compute.
      const loss = () =>
        tf.add(lossOf(networks, batch, config)[term] as tf.Scalar, tf.mul(0, tf.sum(variable))) as tf.Scalar;
      const { tape, difference } = directionalDerivatives(loss, variable, 100 + i, step);
      expectClose(tape, difference, DIFFERENCE);
      if (Math.abs(difference) > 10 * DIFFERENCE.absolute) compared++;
    });
  }
  return compared;
}

const termValue = (terms: ReturnType<typeof totalLoss>, term: LossTerm) => terms[term]?.dataSync()[0] as number;

const image: Task = { input: { kind: 'image', channels: 1, height: SIZE, width: SIZE }, classes: CLASSES };
const table: Task = {
  input: { kind: 'tabular', features: ['a', 'b', 'c', 'd'].map((name) => ({ name, range: [0, 1] })) },
  classes: CLASSES,
};
const pooled = (filters: number, dropout = 0) => ({
  filters,
  kernel: 3,
  stride: 1,
  padding: 'valid',
  pool: 2,
  dropout,
});

/** Networks of every kind, with smooth activations where finite differences must not meet a kink. */
const kinds: Record<string, { readonly task: Task; readonly change: Record<string, unknown> }> = {
  'β-TCVAE': {
    task: image,
    change: {
      conceptizer: {
        kind: 'convolutional-vae',
        concepts: 2,
        convolutions: [{ filters: 3 }],
        hidden: [5],
        activation: 'tanh',
        beta: 3,
        objective: 'beta-tcvae',
      },
    },
  },
  'dense VAE with a bias': {
    task: image,
    change: {
      conceptizer: { kind: 'vae', concepts: 2, hidden: [6, 5], activation: 'tanh', reconstruction: 'squared' },
      aggregator: { kind: 'sum', bias: true },
    },
  },
  'autoencoder with a dense head': {
    task: image,
    change: {
      conceptizer: {
        kind: 'convolutional',
        concepts: 3,
        convolutions: [{ filters: 3 }],
        hidden: [4],
        activation: 'tanh',
        sparsity: 0.5,
      },
    },
  },
  'autoencoder with a channel head, pooling and dropout': {
    task: image,
    change: {
      conceptizer: {
        kind: 'convolutional',
        concepts: 3,
        convolutions: [pooled(3)],
        head: 'channel',
        decoder: {
          hidden: [{ filters: 2, kernel: 2, stride: 1, padding: 'valid' }],
          image: { kernel: 4, stride: 2, padding: 'valid', crop: 1 },
        },
        activation: 'tanh',
        sparsity: 0.5,
        reconstruction: 'squared',
      },
      parameterizer: {
        kind: 'convolutional',
        convolutions: [pooled(4, 0.5)],
        hidden: [5],
        activation: 'tanh',
        dropout: 0.3,
        output: 'tanh',
      },
    },
  },
  'identity with a bias': {
    task: table,
    change: {
      conceptizer: { kind: 'identity' },
      parameterizer: { kind: 'dense', hidden: [6, 5], activation: 'softplus', dropout: 0.2 },
      aggregator: { kind: 'sum', bias: true },
      robustness: { estimator: 'exact', weight: 0.5, reduction: 'batch' },
    },
  },
};

function make(name: string): { config: Config; networks: Networks; batch: ReturnType<typeof tinyBatch> } {
  const { task, change } = kinds[name] as (typeof kinds)[string];
  const config = tinyConfig(change);
  const networks = createNetworks(config, task, randomStream(config.seed));
  const whole = tinyBatch();
  const batch = task === table ? { ...whole, x: tf.randomNormal([4, 4], 0, 1, 'float32', 12) } : whole;
  return { config, networks, batch };
}

describe.each(availableBackends)('losses on %s', (backend) => {
  beforeAll(() => useBackend(backend));

  describe.each(['softplus', 'tanh', 'sigmoid', 'elu'])('with %s', (activation) => {
    it.each(['exact', 'probe'])('parameter gradients of every term match finite differences (%s)', (estimator) => {
      const config = tinyConfig({ activation, estimator });
      expect(compareGradients(tinyNetworks(config), tinyBatch(), config)).toBeGreaterThan(25);
    });
  });

  it.each(Object.keys(kinds))('parameter gradients of a %s match finite differences', (name) => {
    const { config, networks, batch } = make(name);
    // A smaller step where pooling has kinks.
    const step = name.includes('pooling') ? 2e-3 : undefined;
    expect(compareGradients(networks, batch, config, step)).toBeGreaterThan(8);
  });

  it.each(Object.keys(kinds))('in evaluation a %s gives what its LayersModels give', (name) => {
    const { networks, batch } = make(name);
    const { mean, relevances, reconstruction, logits } = forwardPass(networks, batch.x);
    const plain = [networks.conceptizer, networks.parameterizer].map((model) => {
      const output = model.predictOnBatch(batch.x);
      return (Array.isArray(output) ? output[0] : output) as tf.Tensor;
    });
    expectClose(mean.dataSync(), (plain[0] as tf.Tensor).dataSync(), FLOAT);
    expectClose(relevances.dataSync(), (plain[1] as tf.Tensor).dataSync(), FLOAT);
    expectClose(reconstruction.dataSync(), (networks.decoder.predictOnBatch(mean) as tf.Tensor).dataSync(), FLOAT);
    expectClose(logits.dataSync(), aggregate(plain[0] as tf.Tensor2D, plain[1] as tf.Tensor3D).dataSync(), FLOAT);
  });

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
      const pass = forwardPass(networks, x);
      expect(Math.min(...expected)).toBeGreaterThan(1e-5);
      expectClose(estimators.exact(pass, randomStream(1)).dataSync(), expected, { absolute: 1e-6, relative: 1e-3 });
      const batchNorm = robustnessLoss(pass, { estimator: 'exact', reduction: 'batch' }, randomStream(1));
      expectClose(batchNorm.dataSync(), [Math.sqrt(expected.reduce((a, b) => a + b))], FLOAT);
    },
  );

  it.each(['exact', 'probe'] as const)('%s of a share of the batch is that of its first inputs', (estimator) => {
    for (const name of ['β-TCVAE', 'autoencoder with a channel head, pooling and dropout']) {
      const { networks, batch } = make(name);
      const part = { x: tf.slice(batch.x, 0, 2), labels: tf.slice(batch.labels, 0, 2) as tf.Tensor2D };
      const value = (x: tf.Tensor, share: number, reduction: 'mean' | 'batch') =>
        robustnessLoss(forwardPass(networks, x), { estimator, reduction, share }, randomStream(1)).dataSync();
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
    const pass = forwardPass(tinyNetworks(config), tinyBatch().x);
    const random = randomStream(5);
    const exact = estimators.exact(pass, random).dataSync();
    const draws = 400;
    const mean = new Float64Array(exact.length);
    for (let i = 0; i < draws; i++) {
      tf.tidy(() => estimators.probe(pass, random).dataSync()).forEach((value, n) => {
        mean[n] = (mean[n] as number) + value / draws;
      });
    }
    expectClose(mean, exact, { absolute: 1e-6, relative: 0.15 });
  });

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

  it('the loss is the weighted sum of its terms', () => {
    const config = tinyConfig();
    const terms = lossOf(tinyNetworks(config), tinyBatch(), config);
    const value = (term: LossTerm) => termValue(terms, term);
    const expected =
      value('classification') + 0.5 * value('robustness') + 0.1 * (value('reconstruction') + 2 * value('kl'));
    expectClose(value('loss'), expected, FLOAT);
  });

  it('a robustness loss of weight 0 is not computed, and not reported as 0', () => {
    const config = tinyConfig({ weight: 0 });
    expect(lossOf(tinyNetworks(config), tinyBatch(), config)).not.toHaveProperty('robustness');
    expect(termsOf(lossWeights(config))).toEqual(['loss', 'classification', 'reconstruction', 'kl']);
  });

  it('the robustness loss has a finite gradient where θ does not depend on x', () => {
    const constant = tf.variable(tf.ones([2, 2, CLASSES]));
    const loss = () => {
      const pass = {
        concepts: tf.ones([2, 2]) as tf.Tensor2D,
        logits: tf.zeros([2, CLASSES]) as tf.Tensor2D,
        pullback: (cotangent: tf.Tensor) => tf.mul(cotangent, tf.mul(0, tf.tile(constant, [CLASSES, 1, 1]))),
      };
      return robustnessLoss(pass, { estimator: 'exact', reduction: 'mean' }, randomStream(1));
    };
    const { grads } = tf.variableGrads(loss, [constant]);
    expect(Array.from(Object.values(grads)[0]?.dataSync() ?? [Number.NaN]).every(Number.isFinite)).toBe(true);
  });
});
