import * as tf from '@tensorflow/tfjs';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { randomStream } from '../../../core/random.ts';
import { changeLoss } from '../../../training/kinds/shared/change.ts';
import { forwardPass } from '../../../training/kinds/shared/forward.ts';
import { classMoved, movedConcepts } from '../../../training/kinds/shared/moves.ts';
import type { Networks } from '../../../training/kinds/shared/networks.ts';
import { aggregate } from '../../../training/networks/forward.ts';
import { trainableVariables } from '../../../training/networks/networks.ts';
import { expectClose } from '../../helpers/close.ts';
import { availableBackends, useBackend } from '../backends/installed.ts';
import { CLASSES, type SharedConfig, tinyBatch, tinyConfig, tinyNetworks } from '../tiny.ts';
import { lossOf } from './compare-gradients.ts';
import { directionalDerivatives } from './finite-differences.ts';

type Term = 'promise' | 'depiction' | 'change' | 'critic';

const base = {
  activation: 'tanh',
  parameterizer: { kind: 'dense', hidden: [6, 5], activation: 'softplus' },
  readBack: 0.7,
  depiction: { epochs: 1, weight: 0.5, promise: 0.3, change: 0.2 },
};

describe.each(availableBackends)('depiction on %s', (backend) => {
  let config: SharedConfig;
  let networks: Networks;
  const batch = () => tinyBatch(8);

  beforeAll(() => useBackend(backend));
  beforeEach(() => {
    config = tinyConfig(base);
    networks = tinyNetworks(config);
  });

  const critic = (): tf.LayersModel => networks.critic as tf.LayersModel;
  /** Times a hundred: the networks are small, and so are the slopes. */
  const term = (name: Term) => () => tf.mul(100, lossOf(networks, batch(), config)[name] as tf.Scalar) as tf.Scalar;

  /** The largest part of a term's gradient by the weights of a network. */
  const steepest = (name: Term, model: tf.LayersModel): number =>
    tf.tidy(() => {
      const variables = trainableVariables([model]);
      // a term that a weight has no part in has a gradient of 0, which tfjs would refuse to compute
      const all = () =>
        tf.addN([term(name)(), ...variables.map((v) => tf.mul(0, tf.sum(v)) as tf.Scalar)]) as tf.Scalar;
      const { grads } = tf.variableGrads(all, variables);
      return Math.max(...Object.values(grads).flatMap((grad) => Array.from(tf.abs(grad).dataSync())));
    });

  it.each(['depiction', 'promise'] as const)(
    'the decoder learns by its term "%s", as finite differences say',
    (name) => {
      const variables = trainableVariables([networks.decoder]);
      variables.forEach((variable, i) => {
        const { tape, difference } = directionalDerivatives(term(name), variable, 50 + i);
        expectClose(tape, difference, { absolute: 1e-3, relative: 1e-2 });
      });
      expect(steepest(name, networks.decoder)).toBeGreaterThan(1e-3);
    },
  );

  it('the conceptizer learns to read what was promised, and the critic has no part in it', () => {
    expect(steepest('promise', networks.conceptizer)).toBeGreaterThan(1e-3);
    expect(steepest('promise', critic())).toBe(0);
  });

  it('what a move changes is summed over a picture, and of two pictures only that of the moved concepts learns', () => {
    const pictures = tf.tensor2d([
      [0.5, 0.25, 1],
      [0.25, 1, 0.75],
    ]);
    const reconstruction = tf.tensor2d([
      [0.25, 0.5, 0],
      [0, 0.5, 1],
    ]);
    expect(changeLoss(pictures, reconstruction).dataSync()[0]).toBeCloseTo((1.5 + 1) / 2, 6);
    const [byPictures, byReconstruction] = tf.grads((a, b) => tf.add(changeLoss(a, b), tf.mul(0, tf.sum(b))))([
      pictures,
      reconstruction,
    ]) as [tf.Tensor, tf.Tensor];
    expect(Array.from(byPictures.dataSync())).toEqual([0.5, -0.5, 0.5, 0.5, 0.5, -0.5]);
    expect(Array.from(byReconstruction.dataSync()).every((value) => value === 0)).toBe(true);
    expect(steepest('change', networks.decoder)).toBeGreaterThan(1e-3);
    expect(steepest('change', networks.parameterizer)).toBe(0);
    expect(steepest('change', critic())).toBe(0);
  });

  it('the critic learns by its own term alone, as finite differences say, and by nothing of the model', () => {
    trainableVariables([critic()]).forEach((variable, i) => {
      const { tape, difference } = directionalDerivatives(term('critic'), variable, 80 + i);
      expectClose(tape, difference, { absolute: 1e-3, relative: 1e-2 });
    });
    expect(steepest('critic', critic())).toBeGreaterThan(1e-3);
    expect(steepest('depiction', critic())).toBe(0);
    for (const model of [networks.conceptizer, networks.parameterizer, networks.decoder]) {
      expect(steepest('critic', model)).toBe(0);
    }
  });

  it('what θ says of the moved concepts is the target, and does not follow the picture', () => {
    expect(steepest('depiction', networks.parameterizer)).toBe(0);
  });

  it('a move towards a class gives it the lead that was drawn, or goes as far as another input', () => {
    const { mean, relevances } = forwardPass(networks, batch().x, 'concepts');
    // θ of one concept a class, so that every lead can be had nearby
    const K = mean.shape[1];
    const steep = tf.tile(
      tf.tensor3d(
        Array.from({ length: K * CLASSES }, (_, i) => 40 * Math.sin(i + 1)),
        [1, K, CLASSES],
      ),
      [8, 1, 1],
    ) as tf.Tensor3D;
    const moved = classMoved(mean, steep, false, randomStream(4));
    const [before, after] = [aggregate(mean, steep), aggregate(moved, steep)];
    const own = Array.from(tf.argMax(before, 1).dataSync());
    const now = after.arraySync();
    const reaches = own.filter((c, n) => (now[n] as number[]).some((logit) => logit > (now[n]?.[c] as number))).length;
    expect(reaches).toBeGreaterThan(0);
    expect(relevances.shape[0]).toBe(8);
    const away = tf.sqrt(tf.sum(tf.squaredDifference(mean, moved), 1)).dataSync();
    const spread = tf.max(tf.sqrt(tf.sum(tf.squaredDifference(tf.expandDims(mean, 1), tf.expandDims(mean, 0)), 2)));
    for (const distance of away) expect(distance).toBeLessThanOrEqual((spread.dataSync()[0] as number) + 1e-5);
  });

  it('a constant concept does not move', () => {
    const mean = tf.tensor2d([
      [0.5, -1, 1],
      [1.5, 0.3, 1],
      [-0.2, 0.8, 1],
      [0.1, 0.1, 1],
    ]);
    const relevances = tf.randomNormal([4, 3, CLASSES], 0, 1, 'float32', 5) as tf.Tensor3D;
    const moved = movedConcepts({ mean, relevances }, { bias: true, alone: false }, randomStream(6));
    expect(Array.from(tf.slice(moved, [0, 2], [-1, 1]).dataSync())).toEqual([1, 1, 1, 1]);
  });

  it('without it there is no critic, and nothing of it is reported', () => {
    config = tinyConfig({ ...base, depiction: undefined });
    networks = tinyNetworks(config);
    expect(networks).not.toHaveProperty('critic');
    const terms = lossOf(networks, batch(), config);
    expect(terms).not.toHaveProperty('depiction');
    expect(terms).not.toHaveProperty('critic');
  });
});
