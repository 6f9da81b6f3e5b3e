import { encode } from 'fast-png';
import { describe, expect, it } from 'vitest';
import type { Case } from '../../../bench/serve/soak/cases.ts';
import type { Answer, Client } from '../../../bench/serve/soak/client.ts';
import { differenceFrom } from '../../../bench/serve/soak/golden.ts';
import { memoryWatch } from '../../../bench/serve/soak/memory.ts';
import { type Recorded, type SoakOptions, soak } from '../../../bench/serve/soak/run.ts';

const answer = (body: unknown, type = 'application/json', status = 200): Answer => ({
  status,
  type,
  body: Buffer.isBuffer(body) ? body : Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)),
});

const caseOf = (name: string, check: Case['check'] = { kind: 'json' }): Case => ({
  name,
  method: 'GET',
  path: `/${name}`,
  headers: {},
  status: 200,
  check,
});

describe('differenceFrom', () => {
  const png = (level: number): Buffer =>
    Buffer.from(encode({ width: 20, height: 20, channels: 1, depth: 8, data: new Uint8Array(400).fill(level) }));
  const page = (x: number, text: string): string => `<h1>${text}</h1><rect x="${x}"/>`;

  it.each([
    ['numbers', { kind: 'json' }, answer({ p: 0.5 }), answer({ p: 0.50009 }), answer({ p: 0.5002 })],
    ['pages', { kind: 'html' }, answer(page(1.5, 'seven')), answer(page(1.51, 'seven')), answer(page(1.6, 'seven'))],
    ['texts', { kind: 'html' }, answer(page(1.5, 'seven')), answer(page(1.5, 'seven')), answer(page(1.5, 'one'))],
    ['figures', { kind: 'png' }, answer(png(100)), answer(png(104)), answer(png(120))],
    ['types', { kind: 'json' }, answer({}), answer({}), answer({}, 'text/plain')],
    ['statuses', { kind: 'json' }, answer({}), answer({}), answer({}, 'application/json', 503)],
    [
      'the reasons of broken images',
      { kind: 'error', code: 'invalid_image' },
      answer({ error: { code: 'invalid_image', message: 'a' } }),
      answer({ error: { code: 'invalid_image', message: 'b' } }),
      answer({ error: { code: 'internal', message: 'a' } }),
    ],
    [
      'the messages of other errors',
      { kind: 'error', code: 'not_found' },
      answer({ error: { code: 'not_found', message: 'a' } }),
      answer({ error: { code: 'not_found', message: 'a' } }),
      answer({ error: { code: 'not_found', message: 'b' } }),
    ],
  ] as const)('of %s', (_, check, golden, same, other) => {
    expect(differenceFrom(golden, same, { check })).toBeUndefined();
    expect(differenceFrom(golden, other, { check })).toEqual(expect.any(String));
  });
});

describe('memoryWatch', () => {
  it('is flat while the samples lie within the limit', () => {
    const watch = memoryWatch(100, 1);
    expect(watch.verdict()).toBeUndefined();
    for (const bytes of [450, 500, 400]) watch.add(bytes);
    expect(watch.verdict()).toEqual({ lowest: 400, highest: 500, flat: true });
    watch.add(501);
    expect(watch.verdict()).toMatchObject({ flat: false });
  });
});

describe('memoryWatch over a window', () => {
  it('passes over a peak, and not over a rise', () => {
    const watch = memoryWatch(100, 3);
    for (const bytes of [400, 400]) watch.add(bytes);
    expect(watch.verdict()).toBeUndefined();
    for (const bytes of [400, 900, 400, 400]) watch.add(bytes);
    expect(watch.verdict()).toEqual({ lowest: 400, highest: 400, flat: true });
    for (const bytes of [520, 520]) watch.add(bytes);
    expect(watch.verdict()).toEqual({ lowest: 400, highest: 520, flat: false });
  });
});

describe('soak', () => {
  const cases: Recorded[] = ['a', 'b', 'c'].map((name) => ({ of: caseOf(name), golden: answer({ name }) }));

  /** A server that answers right, but for what `send` says. */
  function run(options: Partial<SoakOptions>, send: (path: string, n: number) => Answer | undefined = () => undefined) {
    const paths: string[] = [];
    const client: Client = {
      send: async ({ path }) => {
        paths.push(path);
        await new Promise(setImmediate);
        return send(path, paths.length) ?? answer({ name: path.slice(1) });
      },
      close: () => {},
    };
    let turn = 0;
    const all: SoakOptions = {
      requests: 300,
      seconds: 60,
      concurrency: 4,
      warmUp: 0.1,
      limitBytes: 100,
      window: 1,
      every: 1,
      next: () => turn++ % cases.length,
      residentBytes: async () => 1000,
      onProgress: () => {},
      ...options,
    };
    return soak(cases, client, all).then((result) => ({ ...result, paths }));
  }

  it('sends as many requests as it is told, of every kind, and finds flat memory flat', async () => {
    const { requests, failure, memory, paths } = await run({});
    expect(requests).toBe(300);
    expect(paths).toHaveLength(300);
    expect(new Set(paths).size).toBe(3);
    expect(failure).toBeUndefined();
    expect(memory).toEqual({ lowest: 1000, highest: 1000, flat: true });
  });

  it('ends at the first wrong answer, and names it', async () => {
    const { requests, failure } = await run({}, (_, n) => (n === 50 ? answer({ name: 'x' }) : undefined));
    expect(failure).toMatch(/^[abc]: answer\.name: "x" must be "[abc]"$/);
    expect(requests).toBeLessThan(60);
  });

  it('ends where memory has grown beyond the limit, but for what grew in the warm-up', async () => {
    let bytes = 1000;
    const grows = await run({ requests: 1e6, warmUp: 1e-5, residentBytes: async () => (bytes += 10) });
    expect(grows.memory).toMatchObject({ flat: false });
    expect(grows.requests).toBeLessThan(1e6);
    let samples = 0;
    const grew = await run({ residentBytes: async () => (samples++ === 0 ? 0 : 1000), warmUp: 0.3 });
    expect(grew.memory).toMatchObject({ flat: true });
  });

  it('ends when its time is over, and where the memory cannot be read', async () => {
    const late = await run({ requests: 1e9, seconds: 0.2 });
    expect(late.seconds).toBeLessThan(5);
    expect(late.failure).toBeUndefined();
    const blind = await run({
      requests: 1e9,
      residentBytes: async () => {
        throw new Error('no such process');
      },
    });
    expect(blind.failure).toBe("the server's memory cannot be read: no such process");
  });
});
