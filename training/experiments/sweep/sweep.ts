import { join } from 'node:path';
import { SennError } from '../../../core/errors.ts';
import type { BackendName } from '../../backends/index.ts';
import { type Config, configSchema, sameConfig } from '../../config/config.ts';
import { readRunConfig } from '../../config/run-config.ts';
import { type ExecuteOptions, executeRun } from '../../run/execute.ts';
import { type RunRecord, readRunRecord } from '../../run/record.ts';
import { repeated } from './repeated.ts';

/** Where a run of a sweep differs from the others. */
export type Setting = Readonly<Record<string, number | string>>;

export interface PlannedRun {
  readonly setting: Setting;
  readonly config: Config;
}

export interface FinishedRun extends PlannedRun {
  /** Its run folder. */
  readonly folder: string;
  /** What it was trained on: runs that were there already may be of another backend. */
  readonly backend: string;
  readonly metrics: RunRecord['metrics'];
  /** A run of before runs were audited has none. */
  readonly audit?: RunRecord['audit'];
}

export interface SweepOptions {
  /** Folder of the sweep; every run has one of its own in `runs/`. */
  readonly out: string;
  readonly backend: BackendName;
  readonly signal: AbortSignal;
  /** Told before every run that is not there yet. */
  readonly onRun: (label: string, index: number, count: number) => void;
  readonly onProgress: ExecuteOptions['onProgress'];
}

/** `lambda=0.001,seed=1` → a folder name, of letters that any file system takes. */
const labelOf = (setting: Setting): string =>
  Object.entries(setting)
    .map(([name, value]) => `${name}-${value}`.replace(/[^A-Za-z0-9.+-]+/g, '-'))
    .join('_');

const absent = (error: unknown): undefined => {
  if (error instanceof SennError && error.code === 'missing_data') return undefined;
  throw error;
};

/** @throws invalid_config where a run would be counted twice */
function checkDistinct(runs: readonly PlannedRun[]): void {
  const twice = repeated(runs.map(({ setting }) => labelOf(setting)));
  if (twice !== undefined) throw new SennError('invalid_config', `${twice}: this run is asked for twice`, { twice });
}

/**
 * Executes every run that is not done yet, one after the other; what was broken off goes on from its last checkpoint.
 * @throws invalid_config where a run is asked for twice, or one of another configuration stands in its place; as
 * `executeRun`
 */
export async function runSweep(runs: readonly PlannedRun[], options: SweepOptions): Promise<FinishedRun[]> {
  const { out, backend, signal, onRun, onProgress } = options;
  checkDistinct(runs);
  const finished: FinishedRun[] = [];
  for (const [index, { setting, config }] of runs.entries()) {
    const label = labelOf(setting);
    const folder = join(out, 'runs', label);
    const earlier = await readRunConfig(folder).catch(absent);
    if (earlier !== undefined && !sameConfig(earlier, configSchema.parse(config))) {
      throw new SennError('invalid_config', `${folder}: holds a run of another configuration; choose another --out`, {
        folder,
      });
    }
    let record = earlier && (await readRunRecord(folder).catch(absent));
    if (record === undefined) {
      onRun(label, index, runs.length);
      record = await executeRun({
        config,
        backend,
        out: folder,
        resume: earlier !== undefined,
        signal,
        now: () => performance.now() / 1000,
        reportEvery: 20,
        onProgress,
        onEpoch: () => {},
      });
    }
    const { metrics, audit, training } = record;
    finished.push({ setting, config, folder, backend: training.backend, metrics, audit });
  }
  return finished;
}
