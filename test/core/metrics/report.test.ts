import { describe, expect, it } from 'vitest';
import { metricNames, metrics, score } from '../../../core/metrics/index.ts';
import { reportOf, reportSchema } from '../../../core/metrics/report.ts';
import { evidenceFrom } from '../../helpers/evidence.ts';

const header = { model: 'fake', data: 'set:test', count: 3, elapsedSeconds: 0.5 };

describe('the table of metrics', () => {
  it.each(Object.entries(metrics))('lists %s under its own name', (name, metric) => {
    expect(metric.name).toBe(name);
  });
});

describe('scoring', () => {
  const evidence = evidenceFrom(
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

  it('computes what is asked for and nothing else', () => {
    expect(Object.keys(score(evidence, ['stability']))).toEqual(['stability']);
    expect(Object.keys(score(evidence, metricNames))).toEqual(['faithfulness', 'stability']);
  });

  it.each(metricNames)('%s gives a value or null an input, and reports its end', (name) => {
    const seen: [number, number][] = [];
    const values = score(evidence, [name], () => ({ onProgress: (...progress) => seen.push(progress) }))[name];
    expect(values).toHaveLength(2);
    expect(seen.at(-1)).toEqual([2, 2]);
  });
});

describe('the report', () => {
  it('has exactly the fields of the design', () => {
    const report = reportOf(header, { faithfulness: [1, null, 0.5], stability: [1, 2, 3] });
    expect(report).toEqual({
      ...header,
      metrics: {
        faithfulness: {
          direction: 'higher',
          count: 2,
          mean: 0.75,
          median: 0.75,
          q05: 0.525,
          q25: 0.625,
          q75: 0.875,
          q95: 0.975,
          withoutValue: 1,
        },
        stability: {
          direction: 'lower',
          count: 3,
          mean: 2,
          median: 2,
          q05: 1.1,
          q25: 1.5,
          q75: 2.5,
          q95: 2.9,
          withoutValue: 0,
        },
      },
    });
  });

  it('is read back as it was written, metrics left out or without values included', () => {
    const report = reportOf(header, { stability: [null, null, null] });
    expect(reportSchema.parse(JSON.parse(JSON.stringify(report)))).toEqual(report);
  });

  it.each([
    [{ ...header, metrics: {}, more: 1 }],
    [{ ...header, metrics: { sharpness: {} } }],
    [{ ...header, metrics: {}, count: 0 }],
    [{ ...header, metrics: { stability: { direction: 'lower' } } }],
  ])('is not %j', (value) => {
    expect(reportSchema.safeParse(value).success).toBe(false);
  });
});
