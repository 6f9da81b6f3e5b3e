import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { randomStream } from '../../../../core/random.ts';
import { prototypeDnn } from '../../../../training/kinds/prototype-dnn/index.ts';
import { nearInput, nearPrototype, prototypeTerms } from '../../../../training/kinds/prototype-dnn/loss.ts';
import { similarityOf } from '../../../../training/kinds/prototype-dnn/networks.ts';
import { trainableVariables } from '../../../../training/networks/networks.ts';
import { expectClose } from '../../../helpers/close.ts';
import { availableBackends, useBackend } from '../../backends/installed.ts';
import { directionalDerivatives } from '../../losses/finite-differences.ts';
import { tinyBatch } from '../../tiny.ts';
import { tinyPrototypeConfig, tinyPrototypeNetworks } from './tiny.ts';

const DIFFERENCE = { absolute: 1e-3, relative: 2e-2 };

describe.each(availableBackends)('the loss of a PrototypeDNN on %s', (backend) => {
  beforeAll(() => useBackend(backend));

  it.each(['loss', ...prototypeDnn.terms])('parameter gradients of %s match finite differences', (term) => {
    const config = tinyPrototypeConfig();
    const networks = tinyPrototypeNetworks(config);
    const batch = tinyBatch();
    const weights = prototypeDnn.phases(config)[0]?.weightsAt() ?? {};
    const context = { config, weights, count: 4, random: randomStream(1) };
    let compared = 0;
    trainableVariables(Object.values(networks)).forEach((variable, i) => {
      // A term that does not use the variable has the derivative zero, which tfjs would refuse to compute.
      const loss = () => {
        const value = prototypeDnn.loss(networks, batch, context)[term] as tf.Scalar;
        return tf.add(value, tf.mul(0, tf.sum(variable))) as tf.Scalar;
      };
      // Small steps: a relu and a minimum have kinks.
      const { tape, difference } = directionalDerivatives(loss, variable, 100 + i, 1e-3);
      expectClose(tape, difference, { ...DIFFERENCE, absolute: 5e-3 * Math.max(1, Math.abs(difference)) });
      if (Math.abs(difference) > 0.05) compared++;
    });
    expect(compared).toBeGreaterThan(0);
  });

  it('R₁ and R₂ are 0 where every code is a prototype and every prototype is a code', () => {
    const networks = tinyPrototypeNetworks();
    const layer = similarityOf(networks);
    const codes = layer.points();
    const twice = tf.concat([codes, codes]) as tf.Tensor2D;
    const distances = layer.distances(twice);
    expectClose(nearInput(distances).dataSync(), [0], { absolute: 1e-5 });
    expectClose(nearPrototype(distances).dataSync(), [0], { absolute: 1e-5 });
    const one = layer.distances(tf.slice(codes, 0, 1) as tf.Tensor2D);
    expectClose(nearPrototype(one).dataSync(), [0], { absolute: 1e-5 });
    expect(nearInput(one).dataSync()[0]).toBeGreaterThan(0.01);
  });

  it('the logits are the sums of contributions, and what the networks themselves give', () => {
    const networks = tinyPrototypeNetworks();
    const batch = tinyBatch();
    const { logits } = prototypeTerms(networks, batch);
    const h = networks.conceptizer.predictOnBatch(batch.x) as tf.Tensor2D;
    const theta = networks.parameterizer.predictOnBatch(batch.x) as tf.Tensor3D;
    const contributions = tf.mul(tf.expandDims(h, 2), theta);
    expectClose(tf.sum(contributions, 1).dataSync(), logits.dataSync(), { absolute: 1e-4, relative: 1e-5 });
    expect(Math.max(...h.dataSync())).toBeLessThanOrEqual(0);
    const [first] = theta.arraySync() as [number[][]];
    for (const row of theta.arraySync()) expect(row).toEqual(first);
  });
});
