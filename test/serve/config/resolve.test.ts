import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SennError } from '../../../core/errors.ts';
import { redacted, resolveConfig, type ServerConfig } from '../../../serve/config/index.ts';
import { defaultLimits } from '../../../serve/config/limits.ts';
import { options } from '../../../serve/config/options.ts';
import type { Sources } from '../../../serve/config/resolve.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'senn-config-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function fileOf(content: unknown): Promise<string> {
  const path = join(folder, 'senn.json');
  await writeFile(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}

function refusalOf(sources: Sources): string {
  try {
    resolveConfig(sources);
  } catch (error) {
    if (error instanceof SennError && error.code === 'invalid_config') return error.message.replace(folder, '');
    throw error;
  }
  return 'not refused';
}

/** For each option two values that are not its default, as text and as data. */
const samples: Readonly<Record<string, readonly [text: string, value: unknown]>> = {
  'jobs.folder': ['scored', 'scored'],
  'jobs.atOnce': ['3', 3],
  'attributions.atOnce': ['3', 3],
  'jobs.threads': ['3', 3],
  'jobs.sets': ['mnist:test,claims=claims.csv', ['mnist:test', 'claims=claims.csv']],
  'jobs.memoryBytes': ['1073741824', 1_073_741_824],
  'jobs.keptMs': ['60001', 60_001],
  models: ['elsewhere', 'elsewhere'],
  default: ['mnist-senn', 'mnist-senn'],
  host: ['::1', '::1'],
  watch: ['true', true],
  admin: ['true', true],
  providers: ['webgpu, cpu', ['webgpu', 'cpu']],
  apiKeys: ['0123456789abcdef,fedcba9876543210', ['0123456789abcdef', 'fedcba9876543210']],
  apiKeysFile: ['keys', 'keys'],
  adminKeys: ['0123456789abcdef', ['0123456789abcdef']],
  adminKeysFile: ['keys', 'keys'],
  allowedHosts: ['models.example,10.0.0.5,[::2]', ['models.example', '10.0.0.5', '[::2]']],
  'cors.origins': ['https://a.example,http://b.example:8080', ['https://a.example', 'http://b.example:8080']],
  trustProxy: ['loopback,10.0.0.0/8,2001:db8::/32', ['loopback', '10.0.0.0/8', '2001:db8::/32']],
  processes: ['3', 3],
  threads: ['3', 3],
  inline: ['false', false],
  'batch.maxSize': ['3', 3],
  'batch.maxDelayMs': ['3', 3],
  'limits.instancesPerRequest': ['3', 3],
  'limits.decodesAtOnce': ['3', 3],
  'log.level': ['debug', 'debug'],
  'otel.endpoint': ['http://localhost:4318', 'http://localhost:4318'],
};
const sampleOf = (name: string): readonly [string, unknown] => samples[name] ?? ['2000', 2000];
const at = (config: ServerConfig, name: string): unknown =>
  name.split('.').reduce<unknown>((value, key) => (value as Record<string, unknown>)[key], config);

const nest = (name: string, value: unknown): unknown =>
  name.split('.').reduceRight<unknown>((inner, key) => ({ [key]: inner }), value);

describe('processes', () => {
  it('share the cores, unless threads are given', () => {
    const { threads } = resolveConfig({});
    const threadsOf = (...flags: string[]): number =>
      resolveConfig({ flags: Object.fromEntries(flags.map((flag) => flag.split('='))) }).threads;
    expect(threadsOf('--processes=2')).toBe(Math.max(1, Math.floor(threads / 2)));
    expect(threadsOf('--processes=100')).toBe(1);
    expect(threadsOf('--processes=100', '--threads=5')).toBe(5);
  });
});

describe('every option', () => {
  it.each(options)(
    '$name: by flag, by variable, by file, each over the next',
    async ({ name, flag, variable, secret }) => {
      const [text, value] = sampleOf(name);
      const fallback = at(resolveConfig({}), name);
      expect(value).not.toEqual(fallback);
      expect(at(resolveConfig({ environment: { [variable]: text } }), name)).toEqual(value);
      expect(at(resolveConfig({ environment: { [variable]: '' } }), name)).toEqual(fallback);
      if (secret || flag === undefined) return expect([secret, flag]).toEqual([true, undefined]);
      const file = await fileOf(nest(name, value));
      expect(at(resolveConfig({ flags: { [flag]: text } }), name)).toEqual(value);
      expect(at(resolveConfig({ file }), name)).toEqual(value);
      expect(at(resolveConfig({ environment: { SENN_CONFIG: file } }), name)).toEqual(value);
    },
  );

  it('comes from the flag, else the variable, else the file, else the default', async () => {
    const file = await fileOf({ port: 1, host: 'file', threads: 3 });
    const environment = { SENN_PORT: '2', SENN_HOST: 'variable' };
    const { port, host, threads, batch } = resolveConfig({ flags: { '--port': '4' }, environment, file });
    expect({ port, host, threads, batch }).toEqual({
      port: 4,
      host: 'variable',
      threads: 3,
      batch: { maxSize: 32, maxDelayMs: 0, maxQueue: 4096 },
    });
  });

  it('is read from a file that begins with a byte order mark', async () => {
    expect(resolveConfig({ file: await fileOf('\ufeff{"port": 1}') }).port).toBe(1);
  });

  it('has the limits of the server as its defaults', () => {
    expect(resolveConfig({}).limits).toEqual(defaultLimits);
  });

  it('follows one rule in its names', () => {
    const names = Object.fromEntries(options.map(({ name, flag, variable }) => [name, [flag, variable]]));
    expect(names).toMatchObject({
      port: ['--port', 'SENN_PORT'],
      'batch.maxDelayMs': ['--batch-max-delay-ms', 'SENN_BATCH_MAX_DELAY_MS'],
      apiKeys: [undefined, 'SENN_API_KEYS'],
    });
  });
});

describe('what is wrong is refused, with its place', () => {
  it.each<[Sources, RegExp]>([
    [{ flags: { '--port': '70000' } }, /^--port: must be a whole number from 0 to 65535, not 70000$/],
    [{ flags: { '--port': 'http' } }, /^--port: must be a whole number from 0 to 65535, not "http"$/],
    [{ flags: { '--batch-max-size': '1.5' } }, /^--batch-max-size: must be a whole number from 1 to 1024, not "1.5"$/],
    [{ environment: { SENN_WATCH: 'maybe' } }, /^SENN_WATCH: must be true or false, not "maybe"$/],
    [
      { environment: { SENN_PROVIDERS: 'cpu,cpu' } },
      /^SENN_PROVIDERS: must be one or several of cuda, webgpu, cpu, each/,
    ],
    [{ environment: { SENN_PROVIDERS: 'tpu' } }, /^SENN_PROVIDERS: .*must be one or several of cuda, webgpu, cpu/],
    [{ environment: { SENN_LOG_LEVEL: 'loud' } }, /^SENN_LOG_LEVEL: must be one of trace, debug, info/],
    [{ environment: { SENN_PROT: '1' } }, /^environment: unknown variable SENN_PROT; did you mean "SENN_PORT"\?$/],
    [
      { environment: { SENN_ANYTHING_ELSE: '1' } },
      /^environment: unknown variable SENN_ANYTHING_ELSE; choose SENN_CONFIG, /,
    ],
    [
      { environment: { SENN_CORS_ORIGINS: 'https://a.example/path' } },
      /must be origins as https:\/\/example\.org, or \*/,
    ],
    [
      { environment: { SENN_TRUST_PROXY: '10.0.0.0/33' } },
      /^SENN_TRUST_PROXY: .*must be a number of proxies from 0 to 16/,
    ],
    [{ environment: { SENN_OTEL_ENDPOINT: 'localhost' } }, /^SENN_OTEL_ENDPOINT: must be an http or https URL/],
    [{ flags: { '--batch-max-queue': '10' } }, /^configuration: batch\.maxQueue: must be at least .*64; .*, not 10$/],
    [
      { flags: { '--admin': true, '--host': '0.0.0.0' } },
      /^configuration: admin: needs adminKeysFile or SENN_ADMIN_KEYS/,
    ],
  ])('%j', (sources, message) => {
    expect(refusalOf(sources)).toMatch(message);
  });

  it.each<[unknown, RegExp]>([
    [{ prot: 1 }, /^\/senn\.json: unknown key "prot"; did you mean "port"\?$/],
    [{ batch: { maxSze: 1 } }, /unknown key "batch\.maxSze"; did you mean "maxSize"\?$/],
    [{ maxSize: 1 }, /unknown key "maxSize"; did you mean "batch\.maxSize"\?$/],
    [{ nothing: 1 }, /unknown key "nothing"; choose models, default, /],
    [{ batch: 5 }, /batch must be a JSON object$/],
    [{ 'batch.maxSize': 0 }, /batch\.maxSize: must be a whole number from 1 to 1024, not 0/],
    [{ port: '8080' }, /port: must be a whole number from 0 to 65535, not "8080"$/],
    [{ apiKeys: ['0123456789abcdef'] }, /apiKeys: keys are taken from SENN_API_KEYS or apiKeysFile$/],
    [[], /the configuration must be a JSON object$/],
    ['{', /is not JSON: /],
  ])('in a file: %j', async (content, message) => {
    expect(refusalOf({ file: await fileOf(content) })).toMatch(message);
  });

  it('a file that is not there', () => {
    expect(() => resolveConfig({ file: join(folder, 'none.json') })).toThrow(/none\.json: cannot be read/);
  });

  it('never with a key in the message', () => {
    expect(refusalOf({ environment: { SENN_API_KEYS: 'short' } })).toMatch(
      /^SENN_API_KEYS: 0: must be keys of 16 char/,
    );
    expect(refusalOf({ environment: { SENN_API_KEYS: 'short' } })).not.toContain('short');
  });
});

describe('variables that are not ours', () => {
  it.each([
    ['SENN_DATA', '/data'],
    ['SENN_TEST_MODELS', 'models'],
    ['SENN_CLIENTS', '/usr/bin/python3'],
    ['SENN_FASTAPI', '/usr/bin/python3'],
    ['SENN_SERVICE_HOST', '10.0.0.1'],
    ['SENN_SERVICE_PORT_HTTP', '80'],
    ['SENN_PORT', 'tcp://10.0.0.1:80'],
    ['SENN_PORT_80_TCP_ADDR', '10.0.0.1'],
    ['SENN_API_PORT_80_TCP', 'tcp://10.0.0.1:80'],
  ])('%s=%s is left alone: it is another program, or Kubernetes', (name, value) => {
    expect(resolveConfig({ environment: { [name]: value } })).toEqual(resolveConfig({}));
  });
});

describe('redacted', () => {
  it('shows how many keys there are, and the rest as it is', () => {
    const key = '0123456789abcdef';
    const config = resolveConfig({ environment: { SENN_API_KEYS: `${key},${key}x`, SENN_PORT: '1' } });
    expect(redacted(config)).toEqual({ ...config, apiKeys: ['[redacted]', '[redacted]'] });
    expect(JSON.stringify(redacted(config))).not.toContain(key);
  });
});
