import { beforeAll, describe, expect, it } from 'vitest';
import { subsetOf } from '../../../training/datasets/dataset.ts';
import { graphsOf } from '../../../training/kinds/index.ts';
import { batchesOf, inOrder } from '../../../training/loop/batches.ts';
import { conceptActivations, evaluate } from '../../../training/run/evaluate.ts';
import { goldenOf } from '../../../training/run/golden.ts';
import { expectClose } from '../../helpers/close.ts';
import { availableBackends, useBackend } from '../backends/installed.ts';
import { COUNT } from '../loop/train-tiny.ts';
import { tinyConfig, tinyFeed, tinyNetworks, tinySplit } from '../tiny.ts';

describe.each(availableBackends)('evaluation on %s', (backend) => {
  beforeAll(() => useBackend(backend));

  it('evaluation counts every input: the whole is the weighted mean of its parts', () => {
    const config = tinyConfig();
    const networks = tinyNetworks(config);
    const feed = tinyFeed(503);
    const whole = evaluate(networks, feed, { config });
    let accuracy = 0;
    for (const rows of batchesOf(inOrder(503), 100)) {
      const part = { ...feed, split: subsetOf(feed.split, rows) };
      accuracy += (evaluate(networks, part, { config }).accuracy * rows.length) / 503;
    }
    expectClose(whole.accuracy, accuracy, { absolute: 1e-6 });
  });

  it('concept activations are the posterior means, described by their quantiles', () => {
    const networks = tinyNetworks(tinyConfig());
    const activations = conceptActivations(networks, tinyFeed(COUNT));
    expect(activations.shape).toEqual([COUNT, 2]);
    expectClose(
      activations.data.subarray(0, 2),
      goldenOf(networks, graphsOf(tinyConfig()), tinySplit(COUNT), inOrder(1)).tensors['concepts']?.data as number[],
      {
        absolute: 1e-6,
      },
    );
  });
});
