import { fromZodError } from '../../core/errors.ts';
import { options } from './options.ts';
import { type ServerConfig, serverConfigSchema } from './schema.ts';
import { CONFIG_VARIABLE, fromEnvironment, fromFile, fromFlags, type Given } from './sources.ts';

/** From flags, environment and file to the one configuration that a server runs with. */

export interface Sources {
  /** By flag, as `--port`; text, or `true` and `false`. */
  readonly flags?: Readonly<Record<string, unknown>>;
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** The file; default: the one that `SENN_CONFIG` names, if any. */
  readonly file?: string | undefined;
}

/** `{ "batch.maxSize": 8 }` → `{ batch: { maxSize: 8 } }` */
function nested(given: Given): Record<string, unknown> {
  const root: Record<string, unknown> = {};
  for (const [name, value] of given) {
    const path = name.split('.');
    const last = path.pop() as string;
    let at = root;
    for (const key of path) {
      at[key] ??= {};
      at = at[key] as Record<string, unknown>;
    }
    at[last] = value;
  }
  return root;
}

/**
 * The configuration of a server: flags before the environment, the environment before the file, the file before the
 * defaults.
 * @throws invalid_config, missing_data
 */
export function resolveConfig({ flags = {}, environment = {}, file }: Sources): ServerConfig {
  const path = file ?? (environment[CONFIG_VARIABLE] || undefined);
  const fromPath = path === undefined ? new Map() : fromFile(path);
  const given = new Map([...fromPath, ...fromEnvironment(environment), ...fromFlags(flags)]);
  const result = serverConfigSchema.safeParse(nested(given));
  if (!result.success) throw fromZodError('invalid_config', 'configuration', result.error);
  const { data } = result;
  // the default is one thread a core of the machine, and the processes share its cores
  return given.has('threads') ? data : { ...data, threads: Math.max(1, Math.floor(data.threads / data.processes)) };
}

/** The configuration as it may be printed: each key is replaced by a mark, so that only their number shows. */
export function redacted(config: ServerConfig): Record<string, unknown> {
  const secrets = new Set(options.filter(({ secret }) => secret).map(({ name }) => name));
  return Object.fromEntries(
    Object.entries(config).map(([name, value]) => [
      name,
      secrets.has(name) ? (value as unknown[]).map(() => '[redacted]') : value,
    ]),
  );
}
