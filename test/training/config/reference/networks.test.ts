import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { randomStream } from '../../../../core/random.ts';
import { configSchema } from '../../../../training/config/config.ts';
import { mapReferenceConfig } from '../../../../training/config/reference/index.ts';
import { disennConceptLoss } from '../../../../training/kinds/disenn/loss.ts';
import { createNetworks } from '../../../../training/kinds/index.ts';
import { sennConceptLoss } from '../../../../training/kinds/senn/loss.ts';
import { type ConceptLossInput, lossWeightsOf } from '../../../../training/kinds/shared/loss.ts';
import { type Task, trainableVariables } from '../../../../training/networks/networks.ts';
import type { SharedConfig } from '../../tiny.ts';
import { compasSenn, mnistDisenn, mnistSenn } from './configs.ts';

const configOf = (json: object) => configSchema.parse(mapReferenceConfig(json).config) as SharedConfig;

const image = { kind: 'image', channels: 1, height: 28, width: 28 } as const;
const features = Array.from({ length: 11 }, (_, i) => ({ name: `f${i}`, range: [0, 1] as [number, number] }));

/** Trainable parameters of the three networks. */
function parameters(json: object, input: Task['input'], classes: number): number {
  return tf.tidy(() => {
    const networks = createNetworks(configOf(json), { input, classes }, randomStream(1));
    const variables = trainableVariables([networks.conceptizer, networks.parameterizer, networks.decoder]);
    return variables.reduce((sum, { size }) => sum + size, 0);
  });
}

/** Parameters of a chain of fully connected layers with these widths. */
const chain = (...widths: number[]): number =>
  widths.slice(1).reduce((sum, width, i) => sum + ((widths[i] as number) + 1) * width, 0);

describe('the networks have as many parameters as those of the reference', () => {
  it('SENN on MNIST: 28,219', () => {
    expect(parameters(mnistSenn, image, 10)).toBe(28_219);
  });

  it('SENN on COMPAS: [11, 5, 5, 22]', () => {
    const table = { kind: 'tabular' as const, features };
    expect(parameters(compasSenn, table, 2)).toBe(chain(11, 5, 5, 22));
  });

  it('DiSENN: [784, 512, 256, 100], mean and log variance, mirrored, and the same parameterizer', () => {
    const parameterizer = 1 * 10 * 25 + 10 + 10 * 20 * 25 + 20 + chain(320, 50);
    const encoder = chain(784, 512, 256, 100) + 2 * chain(100, 5);
    expect(parameters(mnistDisenn, image, 10)).toBe(encoder + chain(5, 100, 256, 512, 784) + parameterizer);
  });
});

/** Weighted concept loss of ours, of the terms that a mapped configuration has. */
function conceptLoss(config: SharedConfig, pass: ConceptLossInput): number {
  const [weights, values] =
    config.kind === 'senn'
      ? [lossWeightsOf(config, sennConceptLoss), sennConceptLoss.terms(config.conceptizer, pass)]
      : [lossWeightsOf(config, disennConceptLoss), disennConceptLoss.terms(config.conceptizer, pass)];
  const terms = Object.entries(values) as [string, tf.Scalar][];
  return terms.reduce((sum, [term, value]) => sum + (weights[term] ?? 0) * (value.dataSync()[0] as number), 0);
}

describe('the weighted concept loss', () => {
  const N = 6;
  const random = (shape: number[], seed: number) => tf.randomNormal(shape, 0, 1, 'float32', seed);
  const x = random([N, 28, 28, 1], 1);
  const decoded = random([N, 28, 28, 1], 2);
  const concepts = random([N, 5], 3) as tf.Tensor2D;
  const logVariance = random([N, 5], 4) as tf.Tensor2D;
  const scalar = (value: tf.Tensor) => value.dataSync()[0] as number;
  const meanSquare = scalar(tf.mean(tf.squaredDifference(decoded, x)));
  const pass = { x, reconstruction: decoded, mean: concepts, logVariance, concepts, count: N, bias: false };

  it('of SENN is the number that the reference computes: ξ·(mean over pixels and batch + sparsity·Σ|h|)', () => {
    const change = { batch_size: N, concept_reg: 0.7, sparsity_reg: 3e-3 };
    const expected = 0.7 * (meanSquare + 3e-3 * scalar(tf.sum(tf.abs(concepts))));
    expect(conceptLoss(configOf({ ...mnistSenn, ...change }), pass)).toBeCloseTo(expected, 5);
  });

  it('of DiSENN is it but for the KL, which is not 784 times as strong as in a β-VAE', () => {
    const each = tf.sub(tf.add(tf.square(concepts), tf.exp(logVariance)), tf.add(logVariance, 1));
    const expected = 0.7 * (meanSquare + (4 / 784) * 0.5 * scalar(tf.sum(tf.mean(each, 0))));
    expect(conceptLoss(configOf({ ...mnistDisenn, concept_reg: 0.7 }), pass)).toBeCloseTo(expected, 5);
  });
});
