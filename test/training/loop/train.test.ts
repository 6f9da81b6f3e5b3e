import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { randomStream } from '../../../core/random.ts';
import { graphsOf } from '../../../training/kinds/index.ts';
import type { Networks } from '../../../training/kinds/shared/networks.ts';
import { inOrder } from '../../../training/loop/batches.ts';
import type { EpochSummary } from '../../../training/loop/progress.ts';
import { train } from '../../../training/loop/train.ts';
import { conceptActivations, evaluate } from '../../../training/run/evaluate.ts';
import { goldenOf } from '../../../training/run/golden.ts';
import { expectClose } from '../../helpers/close.ts';
import { availableBackends, useBackend } from '../backends/installed.ts';
import { tinyConfig, tinyFeed, tinyNetworks, tinySplit } from '../tiny.ts';
import { COUNT, split, trainTiny, weightsOf } from './train-tiny.ts';

/** A θ that reads concepts of mean 0 and deviation 1, with every term of the loss. */
const closed = {
  conceptizer: { kind: 'convolutional-vae', concepts: 2, convolutions: [{ filters: 3 }], hidden: [5] },
  parameterizer: { kind: 'dense', hidden: [4], activation: 'softplus' },
  readBack: 0.3,
  reclassification: 0.3,
  contributionSparsity: 0.1,
  decorrelation: 0.1,
};

describe.each(availableBackends)('training on %s', (backend) => {
  beforeAll(() => useBackend(backend));

  it('the same seed gives the same weights, another seed others', async () => {
    const first = weightsOf((await trainTiny(tinyConfig())).networks);
    expect(weightsOf((await trainTiny(tinyConfig())).networks)).toEqual(first);
    expect(weightsOf((await trainTiny(tinyConfig({ seed: 8 }))).networks)).not.toEqual(first);
  });

  it('leaves the decoder alone where the concept loss weighs nothing', async () => {
    const decoderOf = ({ decoder }: Networks) => decoder.getWeights().map((weight) => Array.from(weight.dataSync()));
    const config = tinyConfig({ conceptWeight: 0, epochs: 1 });
    expect(decoderOf((await trainTiny(config)).networks)).toEqual(decoderOf(tinyNetworks(config)));
  });

  it('learns, and reports every step of every epoch with the last, smaller batch', async () => {
    const config = tinyConfig({ estimator: 'probe', weight: 0.001, epochs: 25, conceptWeight: 0.01 });
    const { networks, progress } = await trainTiny(config);
    expect(progress.map(({ step }) => step)).toEqual(Array.from({ length: 25 * 8 }, (_, i) => i + 1));
    expect(progress.at(-1)?.remainingSeconds).toBe(0);
    expect(progress.at(-1)?.terms.loss).toBeLessThan((progress[0]?.terms.loss as number) * 0.9);
    expect(evaluate(networks, tinyFeed(COUNT), { config }).accuracy).toBe(1);
  });

  it('hears the signal after every step, however rarely it reports, and never writes a diverged state', async () => {
    const controller = new AbortController();
    const stop = trainTiny(tinyConfig(), { signal: controller.signal, reportEvery: 1000 });
    setImmediate(() => controller.abort());
    await expect(stop).rejects.toMatchObject({
      code: 'interrupted',
      details: { step: expect.toSatisfy((step: number) => step <= 2) },
    });

    const written: number[] = [];
    const diverging = tinyConfig({ optimizer: { kind: 'adam', learningRate: 1e30 } });
    const diverged = new AbortController();
    const run = trainTiny(diverging, {
      signal: diverged.signal,
      reportEvery: 1000,
      onCheckpoint: async ({ step }) => {
        written.push(step);
      },
    });
    setTimeout(() => diverged.abort(), 100);
    await expect(run).rejects.toMatchObject({ code: 'training_failed' });
    expect(written).toEqual([]);
  });

  it('the total loss counts λ as far as its warm-up has come', async () => {
    const robustness = { estimator: 'exact', weight: 2, warmup: 4 };
    const { progress } = await trainTiny(tinyConfig({ robustness, epochs: 1 }));
    for (const { step, terms } of progress) {
      const { loss, classification = 0, robustness: norm = 0, reconstruction = 0, kl = 0 } = terms;
      const lambda = 2 * Math.min(1, 1e-4 ** (1 - (step - 1) / 4));
      expectClose(loss, classification + lambda * norm + 0.1 * (reconstruction + 2 * kl), { relative: 1e-4 });
    }
  });

  it('stops early after epochs without a better validation accuracy, and says when it was best', async () => {
    const config = tinyConfig({
      data: { name: 'mnist', validation: 4 },
      epochs: 200,
      earlyStopping: { patience: 2 },
      optimizer: { kind: 'adam', learningRate: 1e-9 },
    });
    const epochs: EpochSummary[] = [];
    let best = 0;
    const onBest = async () => {
      best = epochs.length;
    };
    await trainTiny(config, { ...split(), onEpoch: (summary) => epochs.push(summary), onBest });
    expect(best).toBe(1);
    expect(epochs).toHaveLength(3);
  });

  it('stops by whatever it is judged by, and an epoch that cannot be judged is none', async () => {
    const config = tinyConfig({ data: { name: 'mnist', validation: 4 }, epochs: 200, earlyStopping: { patience: 2 } });
    const scores = [undefined, 0.1, 0.3, 0.2, undefined];
    const epochs: EpochSummary[] = [];
    const bests: number[] = [];
    await trainTiny(config, {
      ...split(),
      judge: async () => scores[epochs.length - 1],
      onEpoch: (summary) => epochs.push(summary),
      onBest: async () => {
        bests.push(epochs.length);
      },
    });
    expect(bests).toEqual([2, 3]);
    expect(epochs).toHaveLength(5);
  });

  it.each([
    ['open', {}],
    ['closed and standardised', closed],
    ['with a critic', { ...closed, depiction: { epochs: 1 } }],
  ])('leaves no tensor behind: %s', async (_, change) => {
    const networks = tinyNetworks(tinyConfig(change));
    const run = (epochs: number) =>
      train(networks, {
        config: tinyConfig({ ...change, epochs }),
        ...split(),
        random: randomStream(1),
        now: () => 0,
        reportEvery: 3,
        onProgress: () => {},
        onEpoch: () => {},
        judge: async ({ accuracy }) => accuracy,
        onBest: async () => {},
        onCheckpoint: async () => {},
      });
    await run(1);
    const before = tf.memory().numTensors;
    await run(3);
    evaluate(networks, tinyFeed(COUNT), { config: tinyConfig(change), thorough: true });
    goldenOf(networks, graphsOf(tinyConfig(change)), tinySplit(COUNT), inOrder(2));
    expect(tf.memory().numTensors).toBe(before);
  });

  it('standardises by the training set in evaluation', async () => {
    const config = tinyConfig({ ...closed, epochs: 60 });
    const networks = tinyNetworks(config);
    await train(networks, {
      config,
      ...split(),
      random: randomStream(1),
      now: () => 0,
      reportEvery: 100,
      onProgress: () => {},
      onEpoch: () => {},
      judge: async ({ accuracy }) => accuracy,
      onBest: async () => {},
      onCheckpoint: async () => {},
    });
    const { data } = conceptActivations(networks, tinyFeed(COUNT));
    for (const k of [0, 1]) {
      const own = Array.from(data).filter((_, i) => i % 2 === k);
      const mean = own.reduce((sum, value) => sum + value / own.length, 0);
      const deviation = Math.sqrt(own.reduce((sum, value) => sum + (value - mean) ** 2 / own.length, 0));
      expect(Math.abs(mean)).toBeLessThan(0.3);
      expect(Math.abs(deviation - 1)).toBeLessThan(0.35);
    }
  });

  it('a term that is not finite stops the run and is named', async () => {
    const config = tinyConfig({ optimizer: { kind: 'adam', learningRate: 1e30 } });
    await expect(trainTiny(config)).rejects.toMatchObject({
      code: 'training_failed',
      message: expect.stringMatching(/step \d+: loss term "\w+" is/),
    });
  });
});
