import { isIP } from 'node:net';
import { z } from 'zod';

/**
 * The kinds of values that options have. Each words its own errors, since those of zod name neither unit nor bounds.
 */

/** The form of an API key, or of an admin's key. */
export const KEY = /^[\w.~+/=-]{16,}$/;

/** A whole number of `unit` from `least` to `most`. */
export const whole = (least: number, most: number, unit = '') => {
  const error = `must be a whole number${unit === '' ? '' : ` of ${unit}`} from ${least} to ${most}`;
  return z.int({ error, abort: true }).min(least, { error }).max(most, { error });
};

export const flag = () => z.boolean({ error: 'must be true or false' });

export const text = (what: string) => z.string({ error: `must be ${what}` }).min(1, { error: `must be ${what}` });

export const choice = <const Choices extends readonly string[]>(choices: Choices) =>
  z.enum(choices, { error: `must be one of ${choices.join(', ')}` });

/** A list of some of the choices, each at most once, first choice first. */
export const choices = <const Choices extends readonly string[]>(all: Choices) => {
  const error = `must be one or several of ${all.join(', ')}, each once`;
  return z
    .array(z.enum(all, { error }), { error })
    .min(1, { error })
    .refine((given) => new Set(given).size === given.length, { error });
};

function isOrigin(value: string): boolean {
  return value === '*' || (URL.canParse(value) && new URL(value).origin === value);
}

/** Web origins as browsers send them. */
export const origins = () => {
  const error = 'must be origins as https://example.org, or *';
  return z.array(z.string({ error }).refine(isOrigin, { error }), { error });
};

function isHttp(value: string): boolean {
  return URL.canParse(value) && ['http:', 'https:'].includes(new URL(value).protocol);
}

export const httpUrl = () => {
  const error = 'must be an http or https URL';
  return z.string({ error }).refine(isHttp, { error });
};

const NETWORKS = ['loopback', 'linklocal', 'uniquelocal'];
const BITS: Readonly<Record<number, number>> = { 4: 32, 6: 128 };

function isNetwork(value: string): boolean {
  const [, address = '', bits = '0'] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(value) ?? [];
  return NETWORKS.includes(value) || Number(bits) <= (BITS[isIP(address)] ?? -1);
}

/** Names or addresses of hosts, as the header `Host` has them without a port. */
export const hosts = () => {
  const error = 'must be hosts as models.example or 10.0.0.5, without a port';
  const isHost = (value: string): boolean =>
    URL.canParse(`http://${value}`) && new URL(`http://${value}`).hostname === value;
  return z.array(z.string({ error }).refine(isHost, { error }), { error });
};

/** How many proxies stand before the server, or their addresses. */
export const proxies = () => {
  const error = `must be a number of proxies from 0 to 16, or addresses, networks as 10.0.0.0/8, or ${NETWORKS.join(', ')}`;
  return z.union([z.int().min(0).max(16), z.array(z.string().refine(isNetwork, { error })).min(1)], { error });
};

/** Data sets under names: `mnist:test`, `digits=mnist:test` or `claims=/srv/claims.csv`. */
export const namedSets = () => {
  const error = 'must be sets as mnist:test, or with a name as claims=data/claims.csv, each name once';
  return z
    .array(z.string({ error }).regex(/^(\w[\w.-]{0,63}=.+|[\w-]{1,64}:(train|test))$/, { error }), { error })
    .refine((given) => new Set(given.map((set) => set.split('=', 1)[0])).size === given.length, { error });
};

/** Keys that an HTTP header can carry unescaped (RFC 6750, b64token), and long enough that nobody guesses one. */
export const keys = () => {
  const error = 'must be keys of 16 characters or more, out of letters, digits and -._~+/=';
  return z.array(z.string({ error }).regex(KEY, { error }), { error });
};
