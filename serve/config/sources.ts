import { readFileSync } from 'node:fs';
import { fromZodError, SennError } from '../../core/errors.ts';
import { withoutByteOrderMark } from '../../core/text/byte-order-mark.ts';
import { nearestName } from '../../core/text/did-you-mean.ts';
import { type Option, options, readText } from './options.ts';

/**
 * The sources of a configuration: flags, environment, file. Each gives the values that it sets, checked, by the
 * option's name; an error says in which flag, variable or key the value stands.
 */

export type Given = ReadonlyMap<string, unknown>;

const refusal = (message: string, details: Record<string, unknown>): SennError =>
  new SennError('invalid_config', message, details);

/** Asks whether the nearest known name was meant, or lists all known names where none is near. */
function hint(name: string, known: readonly string[]): string {
  const near = nearestName(name, known);
  return near === undefined ? `choose ${known.join(', ')}` : `did you mean "${near}"?`;
}

/** @param where the flag, the variable or the key of a file @throws invalid_config */
function checked({ schema, secret }: Option, value: unknown, where: string): unknown {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const { message, details } = fromZodError('invalid_config', where, result.error);
  throw refusal(secret ? message : `${message}, not ${JSON.stringify(value)}`, details);
}

/**
 * Values by flag. Flags that are no option of the configuration, as `--json`, are left to others.
 * @throws invalid_config
 */
export function fromFlags(flags: Readonly<Record<string, unknown>>): Given {
  const given = options.flatMap((option) => {
    const value = option.flag === undefined ? undefined : flags[option.flag];
    if (value === undefined) return [];
    const read = typeof value === 'string' ? readText(option, value) : value;
    return [[option.name, checked(option, read, option.flag as string)] as const];
  });
  return new Map(given);
}

/** The variable that names the configuration file. */
export const CONFIG_VARIABLE = 'SENN_CONFIG';

/** Variables that other programs of this project read, or that a server sets for its processes. */
const OTHERS =
  /^SENN_(CLIENTS|DATA|PROCESS|PYTHON|PYTORCH|FASTAPI|MODEL|SERVER|THREAD_POOL|(TEST|RANDOM|BENCH|SOAK)_\w+)$/;

/** Variables that Kubernetes sets in every container when a service is called `senn` or `senn-…`. */
const isServiceLink = (name: string, value: string): boolean =>
  /_SERVICE_(HOST|PORT(_\w+)?)$|_PORT_\d+_(TCP|UDP|SCTP)(_\w+)?$/.test(name) ||
  (name.endsWith('_PORT') && /^(tcp|udp|sctp):\/\//.test(value));

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Values of the variables `SENN_…`; an empty one counts as not set.
 * @throws invalid_config for one that nobody reads
 */
export function fromEnvironment(environment: Environment): Given {
  const given = new Map<string, unknown>();
  for (const [variable, text = ''] of Object.entries(environment)) {
    if (!variable.startsWith('SENN_') || variable === CONFIG_VARIABLE || text === '') continue;
    if (isServiceLink(variable, text) || OTHERS.test(variable)) continue;
    const option = options.find((candidate) => candidate.variable === variable);
    if (option === undefined) {
      const known = [CONFIG_VARIABLE, ...options.map((candidate) => candidate.variable)];
      throw refusal(`environment: unknown variable ${variable}; ${hint(variable, known)}`, { variable, known });
    }
    given.set(option.name, checked(option, readText(option, text), variable));
  }
  return given;
}

/** @throws missing_data, invalid_config */
export function fromFile(path: string): Given {
  let content: string;
  try {
    content = readFileSync(path, 'utf8');
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw new SennError('missing_data', `${path}: cannot be read (${code})`, { path }, cause);
  }
  try {
    return fromObject(JSON.parse(withoutByteOrderMark(content)), path);
  } catch (cause) {
    if (cause instanceof SennError) throw cause;
    throw new SennError('invalid_config', `${path}: is not JSON: ${(cause as Error).message}`, { path }, cause);
  }
}

/** From nested keys, as `{ "batch": { "maxSize": 32 } }`. @throws invalid_config */
export function fromObject(value: unknown, where: string): Given {
  const given = new Map<string, unknown>();
  collect(value, { where, prefix: '', into: given });
  return given;
}

interface Place {
  readonly where: string;
  /** `''` or as `batch.` */
  readonly prefix: string;
  readonly into: Map<string, unknown>;
}

function collect(value: unknown, { where, prefix, into }: Place): void {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw refusal(`${where}: ${prefix === '' ? 'the configuration' : prefix.slice(0, -1)} must be a JSON object`, {});
  }
  for (const [key, inner] of Object.entries(value)) {
    const name = prefix + key;
    const option = options.find((candidate) => candidate.name === name);
    if (option?.secret) {
      throw refusal(`${where}: ${name}: keys are taken from ${option.variable} or ${name}File`, { name });
    }
    if (option !== undefined) into.set(name, checked(option, inner, `${where}: ${name}`));
    else if (options.some((candidate) => candidate.name.startsWith(`${name}.`))) {
      collect(inner, { where, prefix: `${name}.`, into });
    } else {
      throw unknownKey(key, { where, prefix });
    }
  }
}

function unknownKey(key: string, { where, prefix }: Omit<Place, 'into'>): SennError {
  const inGroup = options.filter(({ name, secret }) => !secret && name.startsWith(prefix));
  const siblings = [...new Set(inGroup.map(({ name }) => name.slice(prefix.length).split('.')[0] as string))];
  const elsewhere = options.find(({ name }) => name.endsWith(`.${key}`))?.name;
  const advice = elsewhere === undefined ? hint(key, siblings) : `did you mean "${elsewhere}"?`;
  return refusal(`${where}: unknown key "${prefix}${key}"; ${advice}`, { key: prefix + key, known: siblings });
}
