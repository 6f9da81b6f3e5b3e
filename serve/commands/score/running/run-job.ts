import { SennError } from '../../../../core/errors.ts';
import type { Manifest } from '../../../../core/manifest.ts';
import type { ScoredModel } from '../../../../core/metrics/evidence/scored-model.ts';
import type { MetricName } from '../../../../core/metrics/metric.ts';
import { type Scores, score } from '../../../../core/metrics/score.ts';
import { inputStream, namedStream } from '../../../../core/random.ts';
import { trainingInputs } from '../../../../core/scoring/attribute.ts';
import { type BatchScores, scoreBatch, scoredIn } from '../../../../core/scoring/batch.ts';
import { type AskedOfBatch, batchCount, batchRange, type Job } from '../../../../core/scoring/job.ts';
import { type BatchResult, type Merged, mergeBatches } from '../../../../core/scoring/merge.ts';
import { withReach } from '../../../../core/scoring/reach.ts';
import type { LoadedBatch, ScoringSource } from '../../../../core/scoring/source.ts';
import { joinExplanations, wholeEvidence } from '../../../../core/scoring/whole.ts';
import type { Tensor } from '../../../../core/tensor.ts';
import type { Note, Progress } from '../progress.ts';
import type { QueueAddress } from '../queue/address.ts';
import type { ModelsFrom } from '../queue/models-from.ts';
import type { Journal } from './journal.ts';
import { startScoringPool } from './pool.ts';

/** Runs a job: its batches, side by side, then its metrics of the set. What the journal has is not done again. */

/** A model of a job. */
export interface JobModel {
  /** Its folder. */
  readonly path: string;
  readonly predictor: ScoredModel;
}

/** A model with everything that was asked of it. */
export interface Scored {
  readonly manifest: Manifest;
  readonly merged: Merged;
  readonly scores: Scores;
}

export interface RunOptions {
  /** Batches that are in work at a time; it changes no figure. */
  readonly threads: number;
  readonly onProgress: Progress;
  /** Where workers take batches from, which may be on other machines. */
  readonly queue?: QueueAddress | undefined;
  /** Where workers may have files of models from. */
  readonly modelsFrom?: ModelsFrom | undefined;
  readonly onNote: Note;
}

type RunBatch = (model: number, batch: number, loaded: LoadedBatch) => Promise<BatchResult>;

/** In this thread, in several, or on other machines. */
async function runner(
  job: Job,
  models: readonly JobModel[],
  training: Tensor | undefined,
  { threads, queue, modelsFrom, onNote }: RunOptions,
): Promise<{ run: RunBatch; close(): Promise<void> }> {
  const { metrics, attributions, queries, seed } = job;
  const asked: AskedOfBatch = { metrics, attributions, ...(queries !== undefined && { queries }), seed };
  if (queue !== undefined) {
    const { startQueue } = await import('../queue/start.ts');
    const paths = models.map(({ path }) => path);
    return await startQueue(queue, { job, paths, asked, training, modelsFrom }, onNote);
  }
  if (threads === 1) {
    return {
      run: async (model, batch, loaded) => {
        const { predictor } = models[model] as JobModel;
        const scores = await scoreBatch(predictor, asked, loaded, training);
        return { model, batch, scores, unusable: loaded.unusable };
      },
      close: async () => {},
    };
  }
  const pool = startScoringPool(threads, { training });
  return {
    run: (model, batch, loaded) => pool.run({ path: (models[model] as JobModel).path, model, batch, asked, loaded }),
    close: () => pool.close(),
  };
}

/**
 * Every batch of every model that the journal does not have, a few at a time: so many inputs are in memory, and no more.
 * @throws the first error of a batch, once those in work have ended
 */
async function runBatches(
  job: Job,
  models: readonly JobModel[],
  source: ScoringSource,
  journal: Journal,
  options: RunOptions,
): Promise<void> {
  const { threads, onProgress } = options;
  const missing = Array.from({ length: batchCount(job) }, (_, batch) => ({
    batch,
    of: models.map((_, model) => model).filter((model) => !journal.hasBatch(model, batch)),
  })).filter(({ of }) => of.length > 0);
  if (missing.length === 0) return;
  const [{ predictor: first }] = models as [JobModel, ...JobModel[]]; // all take the same inputs
  const training = job.attributions.length === 0 ? undefined : await trainingInputs(first, source);
  const { run, close } = await runner(job, models, training, options);
  const queue = missing.values();
  const total = job.data.count * models.length;
  let done = total - missing.reduce((sum, { batch, of }) => sum + of.length * sizeOfBatch(job, batch), 0);
  let failed = false;
  const work = async (): Promise<void> => {
    for (const { batch, of } of queue) {
      if (failed) return;
      try {
        const { start, end } = batchRange(job, batch);
        const loaded = await source.read(start, end);
        for (const model of of) {
          const nothing = { model, batch, unusable: loaded.unusable };
          await journal.writeBatch(loaded.rows.length === 0 ? nothing : await run(model, batch, loaded));
          done += end - start;
          onProgress('inputs', done, total);
        }
      } catch (error) {
        failed = true;
        throw error;
      }
    }
  };
  try {
    const ended = await Promise.allSettled(Array.from({ length: threads }, work));
    const broken = ended.find((one) => one.status === 'rejected');
    if (broken !== undefined) throw broken.reason;
  } finally {
    await close();
  }
}

function sizeOfBatch(job: Job, batch: number): number {
  const { start, end } = batchRange(job, batch);
  return end - start;
}

async function* scoredBatches(job: Job, model: number, journal: Journal): AsyncGenerator<BatchScores> {
  for (let batch = 0; batch < batchCount(job); batch++) {
    const { scores } = await journal.readBatch(model, batch);
    if (scores !== undefined && scoredIn(scores) > 0) yield scores;
  }
}

/** The metrics that need more than a batch; each is written down as soon as it is there. */
async function runWhole(
  job: Job,
  model: number,
  { predictor }: JobModel,
  source: ScoringSource,
  journal: Journal,
  onProgress: Progress,
): Promise<void> {
  const missing = withReach(job.metrics, 'explanations', 'inputs').filter(
    (name) => journal.resultOf(model, name) === undefined,
  );
  if (missing.length === 0) return;
  const joined = await joinExplanations(scoredBatches(job, model, journal));
  const evidenceOf = wholeEvidence(predictor, source, job, joined);
  for (const metric of missing) {
    const randomOf = (name: MetricName, n?: number) =>
      n === undefined ? namedStream(job.seed, name) : inputStream(job.seed, name, joined.rows[n] as number);
    const options = { randomOf, onProgress };
    const scores: Scores = await score([metric], await evidenceOf(metric), options);
    await journal.writeResult({ model, metric, result: scores[metric] as NonNullable<Scores[MetricName]> });
  }
}

/**
 * @param models in the order of the job
 * @throws missing_data where no input is usable; what the graphs throw
 */
export async function runJob(
  job: Job,
  models: readonly JobModel[],
  source: ScoringSource,
  journal: Journal,
  options: RunOptions,
): Promise<Scored[]> {
  await runBatches(job, models, source, journal, options);
  const scored: Scored[] = [];
  for (const [model, one] of models.entries()) {
    const merged = await mergeBatches(job, model, (batch) => journal.readBatch(model, batch));
    if (merged.count === 0) {
      const [{ where = '', reason = '' } = {}] = merged.unusable.listed;
      throw new SennError(
        'missing_data',
        `${source.name}: none of ${job.data.count} inputs can be scored; the first, ${where}: ${reason}`,
        { unusable: merged.unusable.listed },
      );
    }
    await runWhole(job, model, one, source, journal, options.onProgress);
    const scores = Object.fromEntries(
      job.metrics.map((name) => [name, merged.values[name] ?? journal.resultOf(model, name)]),
    ) as Scores;
    scored.push({ manifest: one.predictor.manifest, merged, scores });
  }
  return scored;
}
