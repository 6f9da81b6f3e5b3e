import { z } from 'zod';
import { readJsonFile } from '../files/json-file.ts';
import { type Config, configSchema } from './config.ts';
import { isReferenceConfig, mapReferenceConfig, type ReferenceExperiment } from './reference/index.ts';
import { parseStrictly } from './suggest-key.ts';

/** What a configuration file says, ours or one of the reference implementation. */
export interface ConfigFile {
  readonly config: Config;
  /** What a file of the reference asks for besides a training run. */
  readonly experiment?: ReferenceExperiment;
  /** What of a file of the reference was changed or ignored, and why, a line each. */
  readonly notes: readonly string[];
}

/** @throws missing_data | invalid_config */
export async function readConfigFile(path: string): Promise<ConfigFile> {
  const json = await readJsonFile(path, z.json(), 'invalid_config');
  const mapped = isReferenceConfig(json) ? mapReferenceConfig(json, { where: path }) : { config: json, notes: [] };
  return { ...mapped, config: parseStrictly(configSchema, mapped.config, 'invalid_config', path) };
}

/** The configuration alone. @throws missing_data | invalid_config */
export async function readConfig(path: string): Promise<Config> {
  return (await readConfigFile(path)).config;
}
