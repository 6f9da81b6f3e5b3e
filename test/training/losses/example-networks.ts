import * as tf from '@tensorflow/tfjs';
import { randomStream } from '../../../core/random.ts';
import { createNetworks } from '../../../training/kinds/index.ts';
import type { Networks } from '../../../training/kinds/shared/networks.ts';
import type { Task } from '../../../training/networks/networks.ts';
import { CLASSES, type SharedConfig, SIZE, tinyBatch, tinyConfig } from '../tiny.ts';

/** Networks of every form, small enough for finite differences, with a batch for each. */

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

/** Networks of every form, with smooth activations where finite differences must not meet a kink. */
export const forms: Record<string, { readonly task: Task; readonly change: Record<string, unknown> }> = {
  'β-TCVAE': {
    task: image,
    change: {
      conceptizer: {
        kind: 'convolutional-vae',
        concepts: 2,
        standardize: false,
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
      conceptizer: {
        kind: 'vae',
        concepts: 2,
        standardize: false,
        hidden: [6, 5],
        activation: 'tanh',
        reconstruction: 'squared',
      },
      aggregator: { kind: 'sum', bias: true },
    },
  },
  'autoencoder with a dense head': {
    task: image,
    change: {
      conceptizer: {
        kind: 'convolutional',
        concepts: 3,
        standardize: false,
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
        standardize: false,
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
        reads: 'input',
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
      parameterizer: { kind: 'dense', reads: 'input', hidden: [6, 5], activation: 'softplus', dropout: 0.2 },
      aggregator: { kind: 'sum', bias: true },
      robustness: { estimator: 'exact', weight: 0.5, reduction: 'batch' },
    },
  },
  'closed features whose relevances sum to 0 over the classes': {
    task: table,
    change: {
      conceptizer: { kind: 'identity' },
      parameterizer: { kind: 'dense', hidden: [6, 5], activation: 'softplus', output: 'centered' },
      aggregator: { kind: 'sum', bias: true },
      robustness: { estimator: 'exact', weight: 0.5 },
    },
  },
  'closed β-VAE, standardised, with every term': {
    task: image,
    change: {
      conceptizer: {
        kind: 'convolutional-vae',
        concepts: 3,
        convolutions: [{ filters: 3 }],
        hidden: [5],
        activation: 'tanh',
      },
      parameterizer: { kind: 'dense', hidden: [6, 5], activation: 'softplus' },
      robustness: { estimator: 'probe', weight: 0.5 },
      readBack: 0.7,
      readBackNoise: 0.3,
      reclassification: 0.4,
      contributionSparsity: 0.3,
      decorrelation: 0.6,
    },
  },
  'closed autoencoder, standardised, with a bias and relative robustness': {
    task: image,
    change: {
      conceptizer: {
        kind: 'convolutional',
        concepts: 3,
        convolutions: [{ filters: 3 }],
        hidden: [4],
        activation: 'tanh',
      },
      parameterizer: { kind: 'dense', hidden: [6], activation: 'tanh', dropout: 0.2 },
      aggregator: { kind: 'sum', bias: true },
      robustness: { estimator: 'exact', weight: 0.5, scale: 'relative' },
      readBack: 0.7,
      reclassification: 0.4,
    },
  },
  'β-VAE whose θ reads the reconstruction': {
    task: image,
    change: {
      conceptizer: {
        kind: 'convolutional-vae',
        concepts: 2,
        convolutions: [{ filters: 3 }],
        hidden: [5],
        activation: 'softplus',
      },
      parameterizer: {
        kind: 'convolutional',
        reads: 'reconstruction',
        convolutions: [{ filters: 3 }],
        hidden: [5],
        activation: 'tanh',
      },
      robustness: { estimator: 'exact', weight: 0.5 },
      readBack: 0.7,
      reclassification: 0.4,
    },
  },
  'control whose concepts are ones': {
    task: image,
    change: {
      conceptizer: { kind: 'ones', concepts: 2 },
      parameterizer: { kind: 'dense', reads: 'input', hidden: [6], activation: 'tanh' },
    },
  },
  'identity whose θ reads the concepts': {
    task: table,
    change: {
      conceptizer: { kind: 'identity' },
      parameterizer: { kind: 'dense', hidden: [6, 5], activation: 'softplus' },
      aggregator: { kind: 'sum', bias: true },
      robustness: { estimator: 'probe', weight: 0.5, scale: 'relative' },
      contributionSparsity: 0.3,
    },
  },
};

/** The networks of a form, their configuration and a batch of their inputs. */
export function make(name: string): { config: SharedConfig; networks: Networks; batch: ReturnType<typeof tinyBatch> } {
  const { task, change } = forms[name] as (typeof forms)[string];
  const config = tinyConfig(change);
  const networks = createNetworks(config, task, randomStream(config.seed));
  const whole = tinyBatch();
  const batch = task === table ? { ...whole, x: tf.randomNormal([4, 4], 0, 1, 'float32', 12) } : whole;
  return { config, networks, batch };
}
