import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { parseManifest } from '../../core/manifest.ts';
import { exportRun } from '../../export/write/write-model.ts';
import type { BackendName } from '../../training/backends/index.ts';
import type { Config } from '../../training/config/config.ts';
import { readConfig } from '../../training/config/config-file.ts';
import { type DataConfig, dataSchema } from '../../training/datasets/index.ts';
import { type PlannedRun, runSweep } from '../../training/experiments/sweep/sweep.ts';
import { openTwin } from '../phases/open.ts';

/** The models whose explanations are compared: trained here from configurations, or model folders as they are. */

/** A model folder with `gradient.onnx`, and what it is called. */
export interface Subject {
  readonly model: string;
  /** What θ reads, and `shipped` for a model that was not trained here. */
  readonly variant: 'closed' | 'open' | 'shipped';
  readonly seed: number;
  readonly folder: string;
  readonly data: DataConfig;
  /** Of the whole test set. */
  readonly accuracy: number;
  /** SHA-256 of its manifest, which holds those of its graphs. */
  readonly digest: string;
}

export interface SubjectOptions {
  readonly configs: readonly string[];
  readonly models: readonly string[];
  /** Whether each configuration is also trained with a θ that reads the input. */
  readonly open: boolean;
  readonly seeds: readonly number[];
  readonly out: string;
  readonly backend: BackendName;
  readonly say: (line: string) => void;
}

/** Reads what a model folder says of itself. @throws invalid_model */
async function subjectIn(folder: string, told: Pick<Subject, 'variant' | 'seed'>): Promise<Subject> {
  const bytes = await readFile(join(folder, 'manifest.json'));
  const { name, training, metrics } = parseManifest(JSON.parse(bytes.toString('utf8')), folder);
  return {
    model: name,
    ...told,
    folder,
    data: dataSchema.parse(training?.config['data']),
    accuracy: metrics?.['testAccuracy'] ?? Number.NaN,
    digest: createHash('sha256').update(bytes).digest('hex'),
  };
}

function plansOf(config: Config, { seeds, open }: Pick<SubjectOptions, 'seeds' | 'open'>): PlannedRun[] {
  const variants = { closed: config, ...(open && { open: openTwin(config) }) };
  return Object.entries(variants).flatMap(([variant, one]) =>
    seeds.map((seed) => ({ setting: { model: config.name, variant, seed }, config: { ...one, seed } })),
  );
}

/** Trains what is not trained yet, and writes each as a model folder with its gradient. @throws as `senn train` and `senn export` */
export async function subjectsOf(options: SubjectOptions): Promise<Subject[]> {
  const { configs, models, out, backend, say } = options;
  const plans = (await Promise.all(configs.map(async (path) => plansOf(await readConfig(path), options)))).flat();
  const runs = await runSweep(plans, {
    out,
    backend,
    signal: new AbortController().signal,
    onRun: (label, i, count) => say(`run ${i + 1} of ${count}: ${label}`),
    onProgress: () => {},
  });
  const subjects: Subject[] = [];
  for (const { folder: run, setting } of runs) {
    const folder = join(out, 'models', basename(run), String(setting['model']));
    await exportRun(run, folder, { gradients: true });
    const variant = setting['variant'] === 'open' ? 'open' : 'closed';
    subjects.push(await subjectIn(folder, { variant, seed: Number(setting['seed']) }));
  }
  for (const path of models) {
    const folder = join(out, 'models', 'shipped', basename(resolve(path)));
    await exportRun(path, folder, { gradients: true });
    subjects.push(await subjectIn(folder, { variant: 'shipped', seed: 0 }));
  }
  return subjects;
}
