import { Histogram, Registry } from 'prom-client';
import { describe, expect, it } from 'vitest';
import { registerHistogram } from '../../../serve/observe/histogram.ts';

const about = {
  name: 'seconds',
  help: 'How "long"\nit takes.',
  labelNames: ['model', 'stage'] as const,
  buckets: [0.1, 1, 10],
};

describe('a histogram', () => {
  it('reads as that of prom-client does', async () => {
    const [ours, theirs] = [new Registry(), new Registry()];
    const seriesOf = registerHistogram({ ...about, registry: ours });
    const histogram = new Histogram({ ...about, labelNames: [...about.labelNames], registers: [theirs] });
    for (const [model, stage] of [
      ['a', 'queue'],
      ['a', 'compute'],
      ['b"\\', 'queue'],
      ['a', 'queue'],
    ] as const) {
      for (const value of [0, 0.1, 0.10001, 1, 5, 10, 11, 1e9]) {
        seriesOf({ model, stage })(value);
        histogram.observe({ model, stage }, value);
      }
    }
    expect(await ours.metrics()).toBe(await theirs.metrics());
    const told = JSON.stringify(await theirs.getMetricsAsJSON(), (key, value) =>
      key === 'exemplar' ? undefined : value,
    );
    expect(await ours.getMetricsAsJSON()).toEqual(JSON.parse(told));
  });

  it('has a name of its own', () => {
    const registry = new Registry();
    registerHistogram({ ...about, registry });
    expect(() => registerHistogram({ ...about, registry })).toThrow(/already been registered/);
  });
});
