import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { attributingGraphs, checkAttributions } from '../../../core/attributions/index.ts';
import { isBlackBox } from '../../../core/black-box/schema.ts';
import { SennError } from '../../../core/errors.ts';
import { rowsAtOnce } from '../../../core/forward-all.ts';
import type { Manifest } from '../../../core/manifest.ts';
import { chooseMetrics } from '../../../core/metrics/choose.ts';
import { needsOfModels } from '../../../core/metrics/gather.ts';
import { createPredictor } from '../../../core/predictor.ts';
import type { Job } from '../../../core/scoring/job.ts';
import { type ModelReport, type ScoringReport, scoringReport } from '../../../core/scoring/report.ts';
import type { Choice } from '../../../core/scoring/sample.ts';
import type { OpenSource, ScoringSource } from '../../../core/scoring/source.ts';
import { needsOf } from '../../../core/scoring/whole.ts';
import type { ExplainedModel } from '../../answers/explained.ts';
import type { AtomicFile } from '../../atomic-file.ts';
import { openSession } from '../../inference/onnxruntime.ts';
import { openGraphs, readFolderStatics, readManifest } from '../../models/model-folder.ts';
import { type PerInputFormat, writePerInput } from './folder/per-input.ts';
import { inputRows } from './folder/rows.ts';
import { isFolder, type ScoreOptions } from './options.ts';
import { reportPage } from './page/page.ts';
import type { Note, Progress } from './progress.ts';
import { checkSameJob, finishedJob, type Journal, openJournal } from './running/journal.ts';
import { type JobModel, runJob, type Scored } from './running/run-job.ts';

/** What `senn score` does: from options to a job, and from a job to its report. */

/** A model folder that is open to be scored. */
interface OpenModel extends JobModel, ExplainedModel {
  readonly predictor: ExplainedModel['predictor'];
  /** SHA-256 of the manifest, which holds those of the graphs. */
  readonly digest: string;
}

async function openModel(path: string, attributions: ScoreOptions['attributions']): Promise<OpenModel> {
  const { bytes, manifest } = await readManifest(path);
  checkAttributions(manifest, attributions);
  const folder = { path, manifest };
  const statics = await readFolderStatics(folder);
  const graphs = attributingGraphs(manifest, attributions);
  const predictor = createPredictor(manifest, await openGraphs(folder, openSession, graphs));
  return { path, predictor, statics, digest: createHash('sha256').update(bytes).digest('hex') };
}

/** Several models are compared input by input, so all must take the same and answer in the same classes. @throws invalid_config */
function checkAlike(models: readonly OpenModel[]): void {
  const [first, ...others] = models.map(({ predictor }) => predictor.manifest) as [Manifest, ...Manifest[]];
  const taken = ({ input, classes }: Manifest): string => {
    if (input.kind === 'tabular') return JSON.stringify([input.features.map(({ name }) => name), classes]);
    const { channels, height, width } = input;
    return JSON.stringify([channels, height, width, classes]);
  };
  const odd = others.find((manifest) => taken(manifest) !== taken(first));
  if (odd === undefined) return;
  throw new SennError(
    'invalid_config',
    `models ${first.name} and ${odd.name} cannot be compared: they must take the same inputs and have the same classes`,
    { first: first.name, other: odd.name },
  );
}

/** What does not meet the need of a metric that is named, for errors. */
const placeOf = (manifests: readonly Manifest[], { name }: ScoringSource): string =>
  manifests.every(isBlackBox) ? `a black box (${manifests.map((one) => one.name).join(', ')}) on ${name}` : name;

function jobOf(models: readonly OpenModel[], source: ScoringSource, options: ScoreOptions): Job {
  const manifests = models.map(({ predictor: { manifest } }) => manifest);
  return {
    models: models.map(({ predictor: { manifest }, digest }) => {
      const { name, version } = manifest;
      return { name, version, digest };
    }),
    data: {
      name: source.name,
      count: source.count,
      ...(source.of !== undefined && { of: source.of }),
      digest: source.digest,
    },
    metrics: chooseMetrics(options.metrics, needsOfModels(manifests, needsOf(source)), placeOf(manifests, source)),
    attributions: options.attributions,
    ...(options.queries !== undefined && { queries: options.queries }),
    seed: options.seed,
    batch: options.batch ?? rowsAtOnce(source.shape),
  };
}

/** Files that a report is written to; all appear together at the end. */
interface Outputs {
  readonly report: AtomicFile;
  readonly perInput?: AtomicFile;
  /** Of a report folder. */
  readonly page?: AtomicFile;
}

/**
 * Runs the job in a folder that keeps what is done, and hands over what came of it.
 * @param keep whether the folder is the user's: then a job that fails can be taken up again
 */
async function inJournal<T>(
  folder: string,
  job: Job,
  { resume, keep }: { resume: boolean; keep: boolean },
  use: (journal: Journal) => Promise<T>,
): Promise<T> {
  const journal = await openJournal(folder, job, resume);
  try {
    const result = await use(journal);
    await journal.remove();
    return result;
  } catch (error) {
    await (keep ? journal.close() : journal.remove());
    throw error;
  }
}

/** Which inputs of the set are scored. */
const choiceOf = ({ limit, first, seed }: ScoreOptions): Choice => ({
  ...(first !== undefined && { first }),
  ...(limit !== undefined && { sample: { count: limit, seed } }),
});

/** @throws payload_too_large */
function checkCount({ name, count }: ScoringSource, { most = count }: ScoreOptions): void {
  if (count <= most) return;
  throw new SennError('payload_too_large', `${name}: ${count} inputs; at most ${most} are scored`, { count, most });
}

/** @throws whatever is wrong with the options, the models or the set, before any work; then what the work throws */
export async function scoreSet(
  options: ScoreOptions,
  openSource: OpenSource,
  open: (path: string) => Promise<AtomicFile>,
  onProgress: Progress,
  onNote: Note = () => {},
): Promise<ScoringReport> {
  const start = performance.now();
  const outputs = await openOutputs(options, open);
  const models: OpenModel[] = [];
  let source: ScoringSource | undefined;
  try {
    for (const path of options.model) models.push(await openModel(path, options.attributions));
    checkAlike(models);
    const [{ predictor }] = models as [OpenModel];
    const { input, classes } = predictor.manifest;
    source = await openSource(options.data, { ...choiceOf(options), input, classes });
    if (source.count === 0) throw new SennError('missing_data', `senn score: ${source.name} holds no inputs`);
    checkCount(source, options);
    return await runIn({ options, models, source, start, outputs, onProgress, onNote });
  } finally {
    await source?.close?.();
    await Promise.all(models.map((model) => model.predictor.close()));
  }
}

interface Run {
  readonly options: ScoreOptions;
  readonly models: readonly OpenModel[];
  readonly source: ScoringSource;
  readonly start: number;
  readonly outputs: Outputs;
  readonly onProgress: Progress;
  readonly onNote: Note;
}

async function runIn({ options, models, source, start, outputs, onProgress, onNote }: Run): Promise<ScoringReport> {
  const job = jobOf(models, source, options);
  const { out, resume, threads, queue, modelsFrom } = options;
  const inFolder = isFolder(out);
  const finished = inFolder && resume ? await finishedJob(out) : undefined;
  if (finished !== undefined) {
    checkSameJob(out, finished.job, job);
    return JSON.parse(finished.text) as ScoringReport;
  }
  const folder = inFolder ? out : await mkdtemp(join(tmpdir(), 'senn-score-'));
  try {
    return await inJournal(folder, job, { resume, keep: inFolder }, async (journal) => {
      const scored = await runJob(job, models, source, journal, { threads, queue, modelsFrom, onProgress, onNote });
      const report = scoringReport(job, scored, (performance.now() - start) / 1000);
      if (outputs.perInput !== undefined) {
        await writePerInput[formatOf(options)](inputRows(job, scored, journal), outputs.perInput);
      }
      if (outputs.page !== undefined) {
        const reports = [report, ...report.others];
        const shown = models.map((model, i) => ({
          model,
          scored: scored[i] as Scored,
          report: reports[i] as ModelReport,
        }));
        await outputs.page.write(await reportPage(report, shown, source));
      }
      await outputs.report.write(`${JSON.stringify(report, null, 2)}\n`);
      await outputs.perInput?.commit();
      await outputs.page?.commit();
      await outputs.report.commit(); // the last: where it is, the job is done
      return report;
    });
  } finally {
    if (!inFolder) await rm(folder, { recursive: true, force: true });
  }
}

const formatOf = ({ perInputFormat = 'ndjson' }: ScoreOptions): PerInputFormat => perInputFormat;

/** Opened before the work, so that what cannot be written is found before it. @throws invalid_config */
async function openOutputs(options: ScoreOptions, open: (path: string) => Promise<AtomicFile>): Promise<Outputs> {
  const { out, perInput } = options;
  if (!isFolder(out)) {
    return { report: await open(out), ...(perInput !== undefined && { perInput: await open(perInput) }) };
  }
  return {
    report: await open(join(out, 'report.json')),
    perInput: await open(perInput ?? join(out, `inputs.${formatOf(options)}`)),
    page: await open(join(out, 'report.html')),
  };
}
