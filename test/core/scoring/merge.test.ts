import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { metricNames } from '../../../core/metrics/index.ts';
import type { Scores } from '../../../core/metrics/score.ts';
import { type BatchScores, scoreBatch } from '../../../core/scoring/batch.ts';
import { batchCount, batchRange, type Job } from '../../../core/scoring/job.ts';
import { type BatchResult, fromShards, mergeBatches } from '../../../core/scoring/merge.ts';
import { reachOf } from '../../../core/scoring/reach.ts';
import { scoringReport, scoringReportSchema } from '../../../core/scoring/report.ts';
import { type ScoringSource, sourceOf } from '../../../core/scoring/source.ts';
import { tensor } from '../../../core/tensor.ts';
import { linearModel } from '../../helpers/linear-model.ts';

/** What a job gives does not depend on how its batches are shared out. */

const N = 23;
const digest = 'a'.repeat(64);
/** Of three classes, so that one of the others can be drawn. */
const { predictor } = linearModel({
  manifest: { classes: ['a', 'b', 'c'] },
  relevances: ([x = 0, y = 0]) => [2 + x, 0, 0.5, -1, y / 2, 0.25],
});
const data = Float32Array.from({ length: 2 * N }, (_, i) => Math.sin(i * 1.7));
const inputs = {
  name: 'waves',
  input: tensor(data, [N, 1, 1, 2]),
  labels: Int32Array.from({ length: N }, (_, n) => n % 2),
};
/** The fourth and the last batch have unusable inputs; the last nothing else. */
const whole = sourceOf(inputs, digest);
const source: ScoringSource = {
  ...whole,
  async read(start, end) {
    const all = await whole.read(start, end);
    if (start !== 20) return all;
    const unusable = [...all.rows].map((index) => ({ index, where: `row ${index}`, reason: 'torn' }));
    return { rows: new Int32Array(0), input: tensor(new Float32Array(0), [0, 1, 1, 2]), unusable };
  },
};
const job: Job = {
  models: [{ name: 'linear', version: '1', digest }],
  data: { name: 'waves', count: N, digest },
  metrics: metricNames.filter((name) => reachOf(name) === 'batch'),
  attributions: ['contributions', 'occlusion', 'lime', 'kernel-shap', 'random'],
  queries: 20,
  seed: 3,
  batch: 4,
};

const results: BatchResult[] = [];
beforeAll(async () => {
  for (let batch = 0; batch < batchCount(job); batch++) {
    const { start, end } = batchRange(job, batch);
    const loaded = await source.read(start, end);
    const { unusable } = loaded;
    const scores: { scores?: BatchScores } =
      loaded.rows.length === 0 ? {} : { scores: await scoreBatch(predictor, job, loaded) };
    results.push({ model: 0, batch, ...scores, unusable });
  }
});

const reportOfShards = async (shards: BatchResult[][]) => {
  const merged = await mergeBatches(job, 0, fromShards(job, shards)(0));
  return scoringReport(job, [{ manifest: predictor.manifest, merged, scores: merged.values as Scores }], 0);
};

describe('merging', () => {
  it('gives the same report whatever shards the batches come in, and in whichever order', async () => {
    const expected = JSON.stringify(await reportOfShards([results]));
    await fc.assert(
      fc.asyncProperty(
        fc.shuffledSubarray([...Array(batchCount(job)).keys()], { minLength: batchCount(job) }),
        fc.array(fc.integer({ min: 0, max: 2 }), { minLength: batchCount(job), maxLength: batchCount(job) }),
        async (order, shardOf) => {
          const shards: BatchResult[][] = [[], [], []];
          for (const batch of order) shards[shardOf[batch] as number]?.push(results[batch] as BatchResult);
          expect(JSON.stringify(await reportOfShards(shards))).toBe(expected);
        },
      ),
      { numRuns: 30 },
    );
  });

  it('counts and lists what could not be scored, and scores the rest', async () => {
    const report = await reportOfShards([results]);
    expect(scoringReportSchema.parse(JSON.parse(JSON.stringify(report)))).toEqual(JSON.parse(JSON.stringify(report)));
    expect(report.count).toBe(20);
    expect(report.unusable).toEqual({
      count: 3,
      listed: [20, 21, 22].map((index) => ({ index, where: `row ${index}`, reason: 'torn' })),
    });
    expect(Object.keys(report.definitions.metrics)).toEqual(job.metrics);
  });

  it('refuses a batch that is twice there, or not at all', async () => {
    await expect(reportOfShards([results, results.slice(0, 1)])).rejects.toThrow('batch 0 came twice');
    await expect(reportOfShards([results.slice(1)])).rejects.toThrow('batch 0 of 6 is not there');
  });

  it('has for each class what the concepts contributed to it, in closed form', async () => {
    const merged = await mergeBatches(job, 0, fromShards(job, [results])(0));
    const sums = [0, 0];
    let count = 0;
    for (let n = 0; n < 20; n++) {
      if (merged.predicted[n] !== 0) continue;
      const [a = 0, b = 0] = data.subarray(2 * n, 2 * n + 2);
      count += 1;
      sums[0] = (sums[0] as number) + a * (2 + a);
      sums[1] = (sums[1] as number) - b;
    }
    expect(merged.classes.counts[0]).toBe(count);
    merged.classes.contributions[0]?.forEach((mean, k) => {
      expect(mean).toBeCloseTo((sums[k] as number) / count, 5);
    });
  });
});

describe('a metric that a batch is enough for', () => {
  it.each(metricNames.filter((name) => reachOf(name) === 'batch'))(
    '%s has the same values in one batch as in many',
    async (name) => {
      const once = { ...job, metrics: [name], attributions: [], batch: 20 };
      const many = await mergeBatches(job, 0, fromShards(job, [results])(0));
      const { values } = await scoreBatch(predictor, once, await source.read(0, 20));
      expect(values[name]).toEqual(many.values[name]);
    },
  );
});
