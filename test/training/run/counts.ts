import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { configSchema } from '../../../training/config/config.ts';
import type { SennConfig } from '../../../training/kinds/senn/config.ts';
import { type ExecuteOptions, executeRun } from '../../../training/run/execute.ts';
import { useBackend } from '../backends/installed.ts';

/** A table of counts and runs on it, each in a folder of its own beside the table. */

/** Rows of the table. */
export const ROWS = 120;

/** A table that needs its bias and its square root: the class is whether √count is more than 2. */
export function table(): string {
  const lines = Array.from({ length: ROWS }, (_, n) => {
    const count = (n * 7) % 11;
    return `${count},${(n * 13) % 5},${count > 4 ? 'many' : 'few'}`;
  });
  return `count,noise,class\n${lines.join('\n')}\n`;
}

/** Where the table and the runs of one test file lie. */
export let folder = '';

/** Makes the folder for the test file that calls it. Files share this module, so each asks for its own. */
export function useTable(): void {
  beforeAll(async () => {
    await useBackend('wasm');
    folder = await mkdtemp(join(tmpdir(), 'senn-execute-'));
    await writeFile(join(folder, 'table.csv'), table());
  });
  afterAll(() => rm(folder, { recursive: true }));
}

/** A SENN of the table's own features and a bias. */
export const config = (change: Record<string, unknown> = {}): SennConfig =>
  configSchema.parse({
    name: 'counts',
    seed: 3,
    data: {
      name: 'csv',
      people: false,
      path: join(folder, 'table.csv'),
      label: 'class',
      features: [
        { name: 'count', transform: 'sqrt' },
        { name: 'noise', unit: 'm' },
      ],
      validation: 0.2,
    },
    conceptizer: { kind: 'identity' },
    parameterizer: { kind: 'dense', hidden: [8] },
    aggregator: { kind: 'sum', bias: true },
    robustness: { weight: 1e-3, estimator: 'exact' },
    optimizer: { kind: 'adam', learningRate: 0.02 },
    epochs: 12,
    batchSize: 16,
    ...change,
  }) as SennConfig;

/** Trains into `out`, a name in the folder. */
export const run = (out: string, change: Record<string, unknown> = {}, options: Partial<ExecuteOptions> = {}) =>
  executeRun({
    config: config(change),
    backend: 'wasm',
    out: join(folder, out),
    resume: false,
    overwrite: !options.resume,
    now: () => performance.now() / 1000,
    reportEvery: 100,
    onProgress: () => {},
    onEpoch: () => {},
    ...options,
  });

/** Options of an experiment that trains nothing of its own. */
export const sweep = {
  backend: 'wasm' as const,
  configs: [] as string[],
  runs: [] as string[],
  lambdas: [] as number[],
  vary: [] as string[],
  seeds: [] as number[],
  folds: 3,
  png: false,
  signal: new AbortController().signal,
  onRun: () => {},
  onProgress: () => {},
};
