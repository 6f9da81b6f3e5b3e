import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import { describe, expect, it } from 'vitest';
import { totalMetrics } from '../../../serve/inference/processes/total-metrics.ts';

/** A process that has counted so much, with so much in work. */
async function data(counted: number, inWork: number, delay: number) {
  const registry = new Registry();
  const registers = [registry];
  new Counter({ name: 'requests_total', help: 'r', registers }).inc(counted);
  new Gauge({ name: 'in_work', help: 'w', registers }).set(inWork);
  new Gauge({ name: 'nodejs_eventloop_lag_p99_seconds', help: 'd', aggregator: 'average', registers }).set(delay);
  const durations = new Histogram({ name: 'seconds', help: 's', buckets: [1], registers });
  for (let i = 0; i < counted; i++) durations.observe(0.5);
  return registry.getMetricsAsJSON();
}

const valuesIn = (text: string): Record<string, number> =>
  Object.fromEntries(
    [...text.matchAll(/^([a-z_0-9]+(?:\{[^}]*\})?) (\S+)$/gm)].map(([, name, value]) => [name, Number(value)]),
  );

describe('the metrics of several processes', () => {
  it('are added up; of the delays of their event loops the longest counts', async () => {
    const totals = totalMetrics<string>();
    const text = await totals.text(
      new Map([
        ['a', await data(3, 1, 0.25)],
        ['b', await data(4, 2, 0.5)],
      ]),
    );
    expect(valuesIn(text)).toMatchObject({
      requests_total: 7,
      in_work: 3,
      nodejs_eventloop_lag_p99_seconds: 0.5,
      seconds_count: 7,
      'seconds_bucket{le="1"}': 7,
    });
  });

  it('never count less because a process has ended', async () => {
    const totals = totalMetrics<string>();
    await totals.text(new Map([['a', await data(3, 1, 0.1)]]));
    totals.ended('a');
    await totals.text(new Map([['b', await data(5, 1, 0.1)]]));
    totals.ended('b');
    totals.ended('was never asked');
    for (let i = 0; i < 2; i++) {
      const values = valuesIn(await totals.text(new Map([['c', await data(1, 2, 0.1)]])));
      expect(values).toMatchObject({ requests_total: 9, in_work: 2, seconds_count: 9, seconds_sum: 4.5 });
    }
  });
});
