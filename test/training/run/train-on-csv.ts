import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Config, configSchema } from '../../../training/config/config.ts';
import { executeRun } from '../../../training/run/execute.ts';
import type { RunRecord } from '../../../training/run/record.ts';

/** A short run on wasm whose concepts are the features of a table, for tests of what it leaves behind. */

/**
 * Writes the rows as a CSV of the columns a, b and class into the folder, and trains on them.
 * @param data what the configuration says of them besides @param out the run folder
 */
export async function trainOnCsv(
  folder: string,
  rows: readonly string[],
  data: Readonly<Record<string, unknown>>,
  out: string,
): Promise<{ readonly config: Config; readonly record: RunRecord }> {
  const path = join(folder, 'table.csv');
  await writeFile(path, `a,b,class\n${rows.join('\n')}\n`);
  const config = configSchema.parse({
    name: 'rows',
    seed: 1,
    data: { name: 'csv', path, label: 'class', features: [{ name: 'a' }, { name: 'b' }], ...data },
    conceptizer: { kind: 'identity' },
    parameterizer: { kind: 'dense', hidden: [3] },
    robustness: { weight: 0, estimator: 'exact' },
    optimizer: { kind: 'adam', learningRate: 0.01 },
    epochs: 1,
    batchSize: 16,
  });
  const nothing = () => {};
  const record = await executeRun({
    ...{ config, backend: 'wasm', out, resume: false, now: () => 0, reportEvery: 100 },
    ...{ onProgress: nothing, onEpoch: nothing },
  });
  return { config, record };
}
