import { describe, expect, it } from 'vitest';
import type { Evidence } from '../../../core/metrics/evidence/evidence.ts';
import { metricNames, metrics } from '../../../core/metrics/index.ts';
import { defineMetric, type MetricName } from '../../../core/metrics/metric.ts';
import { score } from '../../../core/metrics/score.ts';
import { namedStream, randomStream } from '../../../core/random.ts';
import { explanationsFrom } from '../../helpers/explanations.ts';

const explanations = explanationsFrom(
  [[0], [1]],
  [
    [1, 2],
    [3, 1],
  ],
  [
    [
      [2, 1],
      [1, 0],
    ],
    [
      [3, 5],
      [1, 1],
    ],
  ],
);
const randomOf = (name: MetricName) => namedStream(0, name);

describe('the table of metrics', () => {
  it.each(metricNames)('tells of %s what a reader must know', (name) => {
    const { needs, range, source, cannotTell } = metrics[name];
    expect(needs.length).toBeGreaterThan(0);
    expect(range[0]).toBeLessThan(range[1]);
    expect(source).toMatch(/\d{4}|senn-onnx/);
    expect(cannotTell).not.toBe('');
  });
});

describe('what a metric sees', () => {
  it('is what it declares, held by the types', () => {
    defineMetric({
      ...metrics.faithfulness,
      needs: ['explanations', 'labels'],
      // @ts-expect-error: a metric that does not declare `predictor` cannot see one
      measure: async ({ explanations: { predicted }, labels, predictor }) =>
        Array.from(predicted, (c, n) => (predictor === undefined && labels[n] === c ? 1 : 0)),
    });
  });

  it('and by the values, whatever else is there', async () => {
    const seen: string[] = [];
    const watched = new Proxy({ explanations } as Evidence, {
      get: (target, part) => {
        seen.push(String(part));
        return Reflect.get(target, part);
      },
    });
    await score(['stability'], watched, { randomOf });
    expect(seen).toEqual(['explanations']);
  });
});

describe('scoring', () => {
  it('computes what is asked for and nothing else, in the order asked for', async () => {
    expect(Object.keys(await score(['stability'], { explanations }, { randomOf }))).toEqual(['stability']);
    const both = await score(['stability', 'faithfulness'], { explanations }, { randomOf });
    expect(Object.keys(both)).toEqual(['stability', 'faithfulness']);
  });

  const ofExplanations = metricNames.filter(
    (name) => metrics[name].scope === 'input' && metrics[name].needs.join() === 'explanations',
  );
  it.each(ofExplanations)('%s gives a value or null an input, and reports its end', async (name) => {
    const seen: [string, number, number][] = [];
    const onProgress = (...progress: [string, number, number]) => seen.push(progress);
    const scores = await score([name], { explanations }, { randomOf, onProgress });
    expect(scores[name]).toHaveLength(2);
    expect(seen.at(-1)).toEqual([name, 2, 2]);
  });
});

describe('a stream for each name', () => {
  it('is the same again for the same seed, and another for another seed or name', () => {
    const first = (seed: number, name: string) => namedStream(seed, name).integer(2 ** 30);
    expect(first(3, 'mig')).toBe(first(3, 'mig'));
    const drawn = [first(0, 'mig'), first(1, 'mig'), first(0, 'dci'), randomStream(0).integer(2 ** 30)];
    expect(new Set(drawn).size).toBe(4);
  });
});
