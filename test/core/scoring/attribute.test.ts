import { beforeAll, describe, expect, it } from 'vitest';
import { attributionNames } from '../../../core/attributions/index.ts';
import { type BatchScores, scoreBatch } from '../../../core/scoring/batch.ts';
import { batchCount, batchRange, type Job } from '../../../core/scoring/job.ts';
import { type BatchResult, fromShards, mergeBatches } from '../../../core/scoring/merge.ts';
import { scoringReport, scoringReportSchema } from '../../../core/scoring/report.ts';
import { sourceOf } from '../../../core/scoring/source.ts';
import { tensor } from '../../../core/tensor.ts';
import { conceptWith, linearModel } from '../../helpers/linear-model.ts';

/** Attributions of a set in batches: what they say and are worth does not depend on the batches. */

const names = ['a', 'b', 'c', 'd', 'e', 'f'];
const [N, F] = [20, names.length];
const { predictor } = linearModel({
  manifest: {
    input: { kind: 'tabular', features: names.map((name) => ({ name, range: [-4, 4] as [number, number] })) },
    concepts: names.map((name, k) => conceptWith(name, [-2, -1, 0, 1, 2], k / 4)),
  },
  encode: (x) => [...x],
  decode: (h) => [...h],
  relevances: ([a = 0, b = 0]) =>
    [0.3 + a / 8, -0.4 - b / 8, 0.9, 0.2, -0.7, 0.1].flatMap((weight) => [weight, -weight]),
  gradientOf: ([a = 0, b = 0], c) =>
    [0.3 + a / 4, -0.4 - b / 4, 0.9, 0.2, -0.7, 0.1].map((slope) => (c === 0 ? slope : -slope)),
});
const waves = (count: number, pace: number) =>
  tensor(
    Float32Array.from({ length: F * count }, (_, i) => 3 * Math.sin(i * pace)),
    [count, F],
  );
const source = sourceOf({ name: 'waves', input: waves(N, 1.7) }, 'a'.repeat(64));
const training = waves(50, 2.3);
const job: Job = {
  models: [{ name: 'linear', version: '1', digest: 'a'.repeat(64) }],
  data: { name: 'waves', count: N, digest: 'a'.repeat(64) },
  metrics: [],
  attributions: attributionNames,
  queries: 20, // fewer than the 2⁶ that would need no draw
  seed: 3,
  batch: 3,
};

const results: BatchResult[] = [];
let once: BatchScores;
beforeAll(async () => {
  for (let batch = 0; batch < batchCount(job); batch++) {
    const { start, end } = batchRange(job, batch);
    const scores = await scoreBatch(predictor, job, await source.read(start, end), training);
    results.push({ model: 0, batch, scores, unusable: [] });
  }
  once = await scoreBatch(predictor, job, await source.read(0, N), training);
});
const merge = () => mergeBatches(job, 0, fromShards(job, [results])(0));

describe.each(attributionNames)('%s', (name) => {
  it('says the same in one batch as in many', () => {
    const many = results.flatMap(({ scores }) => [...(scores?.attributions[name]?.values.data ?? [])]);
    expect([...(once.attributions[name]?.values.data ?? [])]).toEqual(many);
    expect(new Set(many).size).toBeGreaterThan(N);
  });

  it('is worth the same in one batch as in many, by every removal', async () => {
    const { attributions } = await merge();
    const compared = once.attributions[name]?.compared;
    expect(attributions[name]?.compared).toEqual(compared);
    for (const values of [compared?.faithfulness, compared?.['faithfulness.input']]) {
      expect(values).toHaveLength(N);
      expect((values as number[]).filter(Number.isFinite).length).toBeGreaterThan(N / 2);
    }
  });
});

describe('the report', () => {
  it('has an interval around the mean of each, and says what the metrics are', async () => {
    const scored = { manifest: predictor.manifest, merged: await merge(), scores: {} };
    const report = scoringReport(job, [scored], 0);
    expect(scoringReportSchema.parse(JSON.parse(JSON.stringify(report)))).toEqual(JSON.parse(JSON.stringify(report)));
    expect(Object.keys(report.attributions ?? {})).toEqual(attributionNames);
    for (const { metrics } of Object.values(report.attributions ?? {})) {
      for (const { mean, intervals } of Object.values(metrics)) {
        const [low, high] = intervals?.mean ?? expect.fail('no interval');
        expect(low).toBeLessThan(mean as number);
        expect(high).toBeGreaterThan(mean as number);
      }
    }
    expect(report.attributions?.['kernel-shap']).toMatchObject({ count: N, queries: 20, over: 'input' });
    expect(Object.keys(report.definitions.metrics)).toEqual(['faithfulness', 'faithfulness.input']);
  });
});
