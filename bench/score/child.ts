import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { MetricName } from '../../core/metrics/metric.ts';
import type { Tensor } from '../../core/tensor.ts';
import { root } from '../serve/servers/ours.ts';
import { type Lane, RAW, type Sample, taskSchema } from './protocol.ts';

/**
 * Scores in a loop, lane after lane and round after round, in one process that has warmed up; prints a line of JSON for
 * each. It runs the compiled code of dist/, as users do: what runs the TypeScript from source wraps every closure.
 */

const compiled = (path: string): Promise<unknown> => import(pathToFileURL(join(root, 'dist', path)).href);
const { chooseMetrics, parseMetricList } = (await compiled(
  'core/metrics/choose.js',
)) as typeof import('../../core/metrics/choose.ts');
const { needsOfModels } = (await compiled('core/metrics/gather.js')) as typeof import('../../core/metrics/gather.ts');
const { scoringReport } = (await compiled('core/scoring/report.js')) as typeof import('../../core/scoring/report.ts');
const { needsOf } = (await compiled('core/scoring/whole.js')) as typeof import('../../core/scoring/whole.ts');
const { parseQueueAddress } = (await compiled(
  'serve/commands/score/queue/address.js',
)) as typeof import('../../serve/commands/score/queue/address.ts');
const { openJournal } = (await compiled(
  'serve/commands/score/running/journal.js',
)) as typeof import('../../serve/commands/score/running/journal.ts');
const { runJob } = (await compiled(
  'serve/commands/score/running/run-job.js',
)) as typeof import('../../serve/commands/score/running/run-job.ts');
const { openSession } = (await compiled(
  'serve/inference/onnxruntime.js',
)) as typeof import('../../serve/inference/onnxruntime.ts');
const { openGraphs, readManifest } = (await compiled(
  'serve/models/model-folder.js',
)) as typeof import('../../serve/models/model-folder.ts');
const { createPredictor, forwardGraphs } = (await compiled(
  'core/predictor.js',
)) as typeof import('../../core/predictor.ts');
const { openScoringSource } = (await compiled(
  'training/datasets/scoring.js',
)) as typeof import('../../training/datasets/scoring.ts');

const task = taskSchema.parse(JSON.parse(process.argv[2] ?? ''));
const { bytes, manifest } = await readManifest(task.model);
const sessions = await openGraphs({ path: task.model, manifest }, openSession);
const predictor = createPredictor(manifest, sessions);
const digest = createHash('sha256').update(bytes).digest('hex');
const { input, classes } = manifest;

/** Wall and processor time until now. */
const now = () => {
  const { user, system } = process.cpuUsage();
  return { wall: performance.now() / 1000, cpu: (user + system) / 1e6 };
};

/** The forward graphs that scoring runs, over the same batches and sessions, and nothing around them. */
async function raw({ inputs }: Lane): Promise<Omit<Sample, 'lane'>> {
  const source = await openScoringSource('mnist:test', { input, classes, first: inputs });
  const batches: Tensor[] = [];
  for (let start = 0; start < source.count; start += task.batch) {
    batches.push((await source.read(start, Math.min(start + task.batch, source.count))).input);
  }
  const graphs = forwardGraphs(manifest).map((name) => sessions[name]);
  const start = now();
  for (const batch of batches)
    for (const graph of graphs) await graph?.run({ input: batch }, ['concepts', 'relevances']);
  const end = now();
  return { inputs: source.count, seconds: end.wall - start.wall, cpuSeconds: end.cpu - start.cpu, reportSeconds: 0 };
}

async function scored({ metrics: asked, inputs, threads, queue }: Lane): Promise<Omit<Sample, 'lane'>> {
  const source = await openScoringSource('mnist:test', { input, classes, first: inputs });
  const metrics: MetricName[] = chooseMetrics(
    parseMetricList(asked),
    needsOfModels([manifest], needsOf(source)),
    source.name,
  );
  const job = {
    models: [{ name: manifest.name, version: manifest.version, digest }],
    data: { name: source.name, count: source.count, digest: source.digest },
    metrics,
    attributions: [],
    seed: 0,
    batch: task.batch,
  };
  const folder = await mkdtemp(join(tmpdir(), 'senn-bench-score-'));
  const journal = await openJournal(folder, job, false);
  // Threads begin with an empty process, workers with a job that they must fetch the model of: their rate is told once all work.
  const starting = queue !== undefined || threads > 1 ? Math.min(4 * task.batch, source.count / 2) : 0;
  let [start, before] = [now(), 0];
  try {
    const models = [{ path: task.model, predictor }];
    const result = await runJob(job, models, source, journal, {
      threads,
      queue: queue === undefined ? undefined : parseQueueAddress(queue, process.env),
      onProgress: (stage, done) => {
        if (stage === 'inputs' && before < starting) [start, before] = [now(), done];
      },
      onNote: (note) => process.stderr.write(`${note}\n`),
    });
    const end = now();
    scoringReport(job, result, 0);
    return {
      inputs: source.count - before,
      seconds: end.wall - start.wall,
      cpuSeconds: end.cpu - start.cpu,
      reportSeconds: now().wall - end.wall,
    };
  } finally {
    await journal.remove();
    await rm(folder, { recursive: true, force: true });
  }
}

const measure = (lane: Lane): Promise<Omit<Sample, 'lane'>> => (lane.name === RAW ? raw(lane) : scored(lane));

/** Inputs of the round that nobody counts, in which V8 compiles what runs often; what is measured once has none. */
const WARM_UP = 1000;

for (const lane of task.lanes.filter((one) => one.rounds > 1)) {
  await measure({ ...lane, inputs: Math.min(lane.inputs, WARM_UP) });
}
const rounds = Math.max(...task.lanes.map((lane) => lane.rounds));
for (let round = 0; round < rounds; round++) {
  for (const lane of task.lanes.filter((one) => round < one.rounds)) {
    console.log(JSON.stringify({ lane: lane.name, ...(await measure(lane)) } satisfies Sample));
  }
}
await predictor.close();
