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

function began(...processes: string[]) {
  const totals = totalMetrics<string>();
  for (const process of processes) totals.started(process);
  return totals;
}

describe('the metrics of several processes', () => {
  it('are added up; of the delays of their event loops the longest counts', async () => {
    const totals = began('a', 'b');
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
    const totals = began('a', 'b', 'c', 'was never heard');
    totals.heard('a', await data(3, 1, 0.1));
    totals.ended('a');
    await totals.text(new Map([['b', await data(5, 1, 0.1)]]));
    totals.ended('b');
    totals.ended('was never heard');
    for (let i = 0; i < 2; i++) {
      const values = valuesIn(await totals.text(new Map([['c', await data(1, 2, 0.1)]])));
      expect(values).toMatchObject({ requests_total: 9, in_work: 2, seconds_count: 9, seconds_sum: 4.5 });
    }
  });

  it('count what a process that does not answer was last heard to have counted, and nothing else of it', async () => {
    const totals = began('a', 'b');
    totals.heard('a', await data(3, 1, 0.1));
    const given = new Map([['b', await data(4, 2, 0.1)]]);
    expect(valuesIn(await totals.text(given))).toMatchObject({ requests_total: 7, in_work: 2 });
    totals.heard('a', await data(5, 1, 0.1));
    expect(valuesIn(await totals.text(given))).toMatchObject({ requests_total: 9, in_work: 2 });
  });

  it('count a process once whose answer comes after its end', async () => {
    const totals = began('a', 'b');
    totals.heard('a', await data(3, 1, 0.1));
    totals.ended('a');
    const late = await data(4, 1, 0.1);
    totals.heard('a', late);
    const given = new Map([['b', await data(2, 0, 0.1)]]);
    expect(valuesIn(await totals.text(new Map([...given, ['a', late]])))).toMatchObject({ requests_total: 5 });
    expect(valuesIn(await totals.text(given))).toMatchObject({ requests_total: 5 });
  });

  it('keep all counts however many processes have ended, and while they are added up', async () => {
    const names = Array.from({ length: 40 }, (_, i) => `process ${i}`);
    const totals = began(...names);
    const one = await data(1, 0, 0.1);
    const texts: Promise<string>[] = [];
    for (const name of names) {
      totals.heard(name, one);
      totals.ended(name);
      texts.push(totals.text(new Map()));
      if (texts.length % 7 === 0) await texts.at(-1);
    }
    const counts = (await Promise.all(texts)).map((text) => valuesIn(text)['requests_total']);
    expect(counts).toEqual(names.map((_, i) => i + 1));
    expect(valuesIn(await totals.text(new Map()))).toMatchObject({ requests_total: 40, seconds_count: 40 });
  });
});
