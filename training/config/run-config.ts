import { join } from 'node:path';
import { z } from 'zod';
import { readJsonFile } from '../files/json-file.ts';
import { type Config, configSchema } from './config.ts';
import { parseStrictly } from './suggest-key.ts';

/** The configuration in a run folder, where every default is written out. */

/** The file that tells a run folder from any other; also a run that was broken off has it. */
export const RUN_MARKER = 'config.json';

/** What runs did when the configuration could not say it yet: their θ read the input, their h was as it came. */
const before = { parameterizer: { reads: 'input' }, conceptizer: { standardize: false } } as const;

const isObject = (value: unknown): value is Record<string, unknown> =>
  value !== null && typeof value === 'object' && !Array.isArray(value);

/** A run's configuration as its own time meant it: what is missing is not the default of today. */
function completed(json: unknown): unknown {
  if (!isObject(json)) return json;
  const parts = Object.entries(before).flatMap(([part, values]) => {
    const own = json[part];
    return isObject(own) ? [[part, { ...values, ...own }] as const] : [];
  });
  return { ...json, ...Object.fromEntries(parts) };
}

/** @throws missing_data | invalid_config */
export async function readRunConfig(folder: string): Promise<Config> {
  const path = join(folder, RUN_MARKER);
  return parseStrictly(
    configSchema,
    completed(await readJsonFile(path, z.json(), 'invalid_config')),
    'invalid_config',
    path,
  );
}
