import type * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { kindOf } from '../../../training/kinds/index.ts';
import { forwardPass } from '../../../training/kinds/shared/forward.ts';
import { lastWeights as lossWeights } from '../../../training/loop/phases.ts';
import { termsOf } from '../../../training/losses/terms.ts';
import { aggregate } from '../../../training/networks/forward.ts';
import { expectClose } from '../../helpers/close.ts';
import { availableBackends, useBackend } from '../backends/installed.ts';
import { tinyBatch, tinyConfig, tinyNetworks } from '../tiny.ts';
import { compareGradients, FLOAT, lossOf } from './compare-gradients.ts';
import { forms, make } from './example-networks.ts';

const termValue = (terms: ReturnType<typeof lossOf>, term: string) => terms[term]?.dataSync()[0] as number;

describe.each(availableBackends)('losses on %s', (backend) => {
  beforeAll(() => useBackend(backend));

  describe.each(['softplus', 'tanh', 'sigmoid', 'elu'])('with %s', (activation) => {
    it.each(['exact', 'probe'])('parameter gradients of every term match finite differences (%s)', (estimator) => {
      const config = tinyConfig({ activation, estimator });
      expect(compareGradients(tinyNetworks(config), tinyBatch(), config)).toBeGreaterThan(25);
    });
  });

  it.each(Object.keys(forms))('parameter gradients of a %s match finite differences', (name) => {
    const { config, networks, batch } = make(name);
    // A smaller step where pooling has kinks.
    const step = name.includes('pooling') ? 2e-3 : undefined;
    expect(compareGradients(networks, batch, config, step)).toBeGreaterThan(8);
  });

  it.each(Object.keys(forms))('in evaluation a %s gives what its LayersModels give', (name) => {
    const { networks, batch, config } = make(name);
    const { reads } = config.parameterizer;
    const { mean, relevances, reconstruction, logits } = forwardPass(networks, batch.x, reads);
    const first = (model: tf.LayersModel, x: tf.Tensor) => {
      const output = model.predictOnBatch(x);
      return (Array.isArray(output) ? output[0] : output) as tf.Tensor;
    };
    const read = { input: batch.x, concepts: mean, reconstruction }[reads];
    const plain = [first(networks.conceptizer, batch.x), first(networks.parameterizer, read)];
    expectClose(mean.dataSync(), (plain[0] as tf.Tensor).dataSync(), FLOAT);
    expectClose(relevances.dataSync(), (plain[1] as tf.Tensor).dataSync(), FLOAT);
    expectClose(reconstruction.dataSync(), (networks.decoder.predictOnBatch(mean) as tf.Tensor).dataSync(), FLOAT);
    expectClose(logits.dataSync(), aggregate(plain[0] as tf.Tensor2D, plain[1] as tf.Tensor3D).dataSync(), FLOAT);
  });

  it('the loss is the weighted sum of its terms', () => {
    const config = tinyConfig();
    const terms = lossOf(tinyNetworks(config), tinyBatch(), config);
    const value = (term: string) => termValue(terms, term);
    const expected =
      value('classification') + 0.5 * value('robustness') + 0.1 * (value('reconstruction') + 2 * value('kl'));
    expectClose(value('loss'), expected, FLOAT);
  });

  it('a robustness loss of weight 0 is not computed, and not reported as 0', () => {
    const config = tinyConfig({ weight: 0 });
    expect(lossOf(tinyNetworks(config), tinyBatch(), config)).not.toHaveProperty('robustness');
    expect(termsOf(lossWeights(config), kindOf(config).terms)).toEqual([
      'loss',
      'classification',
      'reconstruction',
      'kl',
    ]);
  });
});
