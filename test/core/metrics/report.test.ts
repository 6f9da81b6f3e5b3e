import { describe, expect, it } from 'vitest';
import { metrics } from '../../../core/metrics/index.ts';
import type { MetricName, Scope, Values } from '../../../core/metrics/metric.ts';
import type { NoValue } from '../../../core/metrics/no-value.ts';
import { metricReport, metricsSchema } from '../../../core/metrics/report.ts';
import type { Scores } from '../../../core/metrics/score.ts';

/** Rows of metrics over three inputs. */
const rowsOf = (scores: Scores) =>
  Object.fromEntries(
    (Object.keys(scores) as MetricName[]).map((name) => [
      name,
      metricReport(metrics[name], scores[name] as Values[Scope] | NoValue, 3),
    ]),
  );

describe('the table of metrics', () => {
  it.each(Object.entries(metrics))('lists %s under its own name', (name, metric) => {
    expect(metric.name).toBe(name);
  });
});

describe('the rows of a report', () => {
  it('has exactly the fields of the design', () => {
    const report = rowsOf({ faithfulness: [1, null, 0.5], stability: [1, 2, 3] });
    expect(report).toEqual({
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
    });
  });

  it('is read back as it was written, metrics left out or without values included', () => {
    const report = rowsOf({ stability: [null, null, null] });
    expect(metricsSchema.parse(JSON.parse(JSON.stringify(report)))).toEqual(report);
  });

  it('holds the value of a metric of the set, with the figures that it is read beside', () => {
    const report = rowsOf({
      'factor-vae': { value: 0.5 },
      dci: { value: 0.25, figures: { completeness: 1 } },
    });
    expect(report).toEqual({
      'factor-vae': { direction: 'higher', value: 0.5 },
      dci: { direction: 'higher', value: 0.25, figures: { completeness: 1 } },
    });
    expect(metricsSchema.parse(JSON.parse(JSON.stringify(report)))).toEqual(report);
  });

  it('holds the values of a metric of classes in their order', () => {
    const report = metricReport({ scope: 'class', direction: 'none' }, [0.5, null, 1], 3);
    expect(report).toEqual({ direction: 'none', values: [0.5, null, 1] });
  });

  it('says why a metric has no value at all', () => {
    const none = { value: null, reason: 'the model has no decoder' };
    const report = rowsOf({ stability: none, mig: none });
    expect(report['mig']).toEqual({ direction: 'higher', value: null, reason: none.reason });
    expect(report['stability']).toMatchObject({ count: 0, mean: null, withoutValue: 3, reason: none.reason });
    expect(metricsSchema.parse(JSON.parse(JSON.stringify(report)))).toEqual(report);
    const ofClasses = metricReport({ scope: 'class', direction: 'none' }, none, 3);
    expect(ofClasses).toEqual({ direction: 'none', values: [], reason: none.reason });
  });

  it.each([
    [{ sharpness: {} }],
    [{ stability: { direction: 'lower' } }],
    [{ stability: { direction: 'lower', value: 1 } }],
  ])('is not %j', (value) => {
    expect(metricsSchema.safeParse(value).success).toBe(false);
  });
});
