import { once } from 'node:events';
import { access, cp, mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { deflateSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { PredictResponse } from '../../../core/api.ts';
import { expectClose } from '../../helpers/close.ts';
import { digitLabel, digitPng, formOf, hugePng, modelsDirectory, pngOf, root } from '../../serve/fixtures.ts';
import { type FaultyServer, startServer } from './server.ts';

/** What goes wrong around a server: it stays up, and every good request is answered right. */

const GOOD = 8;
let folder: string;
let models: string;
let crashFile: string;
let digits: Buffer[];
/** The answers of a server in peace. */
let golden: PredictResponse['predictions'];
let server: FaultyServer;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'senn-faults-'));
  models = join(folder, 'models');
  crashFile = join(folder, 'crash');
  await cp(join(modelsDirectory, 'mnist-disenn'), join(models, 'mnist-disenn'), { recursive: true });
  digits = await Promise.all(Array.from({ length: GOOD }, (_, i) => digitPng(i)));
  const hook = pathToFileURL(join(root, 'test', 'e2e', 'faults', 'crash-hook.mjs')).href;
  server = await startServer(
    ['--models', models, '--watch', '--threads', '2', '--request-timeout-ms', '2000', '--log-level', 'info'],
    {
      NODE_OPTIONS: `--import ${hook}`,
      SENN_TEST_CRASH: crashFile,
      TMPDIR: join(folder, 'no-such-folder'), // no upload may need a disk
    },
  );
  golden = (await Promise.all(digits.map((digit) => ask(digit)))).map(
    ({ predictions: [prediction] }) => prediction as Prediction,
  );
  expect(golden.map(({ label }) => label)).toEqual(digits.map((_, i) => digitLabel(i)));
});
afterAll(async () => {
  await server?.stop();
  await rm(folder, { recursive: true });
});
afterEach(() => expect(server.alive(), server.messages().slice(-5).join('\n')).toBe(true));

type Prediction = PredictResponse['predictions'][number];

/** Without traversals the event loop itself answers, with them a thread. */
async function ask(digit: Buffer, traversals = true): Promise<PredictResponse> {
  const explain = traversals ? 'concepts,traversals' : 'concepts';
  const response = await fetch(`${server.url}/predict?explain=${explain}&steps=2`, {
    method: 'POST',
    body: new Uint8Array(digit),
    headers: { 'Content-Type': 'image/png' },
  });
  expect(response.status, await response.clone().text()).toBe(200);
  return (await response.json()) as PredictResponse;
}

/** Asks for digit i and holds the answer against its golden: a batch of others may move the last bits. */
async function askRight(i: number): Promise<void> {
  const { label, logits } = (await ask(digits[i % GOOD] as Buffer, i % 3 > 0)).predictions[0] as Prediction;
  const expected = golden[i % GOOD] as Prediction;
  expect(label).toBe(expected.label);
  expectClose(logits, expected.logits, { absolute: 1e-3 });
}

/** Good requests from several clients until told to stop. @returns how many were answered, all of them right */
function goodTraffic(clients = 4): () => Promise<number> {
  let going = true;
  let answered = 0;
  const client = async (first: number): Promise<void> => {
    for (let i = first; going; i++) {
      await askRight(i);
      answered += 1;
    }
  };
  const all = Promise.all(Array.from({ length: clients }, (_, i) => client(i)));
  return async () => {
    going = false;
    await all;
    return answered;
  };
}

describe('an inference thread', () => {
  it('that ends in the middle of a batch is replaced, and its requests are answered', async () => {
    const stop = goodTraffic();
    for (let crash = 0; crash < 5; crash++) {
      await writeFile(crashFile, '');
      await vi.waitFor(async () => await expect(access(crashFile)).rejects.toThrow(), {
        timeout: 20_000,
        interval: 100,
      });
      await sleep(1500); // its jobs run once more, and no more than that
    }
    expect(await stop()).toBeGreaterThan(5);
    const restarts = /^senn_worker_restarts_total (\d+)$/m.exec(await (await fetch(`${server.url}/metrics`)).text());
    expect(Number(restarts?.[1])).toBe(5);
    await vi.waitFor(() => expect(server.messages().filter((message) => /thread/.test(message))).toHaveLength(5));
  }, 120_000);
});

describe('the model folder', () => {
  it('replaced by a corrupt one is refused, with the reason in the log, and the old model serves on', async () => {
    const path = join(models, 'mnist-disenn');
    const stop = goodTraffic();
    await rename(path, join(folder, 'kept'));
    await mkdir(path);
    await writeFile(join(path, 'manifest.json'), '{"schemaVersion": 1');
    await vi.waitFor(() => expect(server.messages()).toContain('a model is not served as it is'), { timeout: 20_000 });
    for (let i = 0; i < GOOD; i++) await askRight(i);
    await writeFile(crashFile, ''); // a thread that starts now has no folder to read
    await vi.waitFor(async () => await expect(access(crashFile)).rejects.toThrow(), { timeout: 20_000, interval: 100 });
    for (let i = 0; i < GOOD; i++) await askRight(i);
    await rm(path, { recursive: true });
    await rename(join(folder, 'kept'), path);
    expect(await stop()).toBeGreaterThan(GOOD);
  }, 60_000);
});

/** A number that the seed and the place decide. */
function dice(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

const png = { 'Content-Type': 'image/png' };
const json = { 'Content-Type': 'application/json' };
type Malformed = (random: () => number) => RequestInit & { path?: string };

const bytes = (random: () => number, length: number): Uint8Array<ArrayBuffer> =>
  Uint8Array.from({ length }, () => Math.floor(256 * random()));

/** One bad request of each kind; each is refused with a 4xx and a body that says why. */
const malformed: Readonly<Record<string, Malformed>> = {
  'random bytes': (random) => ({ body: bytes(random, 1 + Math.floor(2000 * random())), headers: png }),
  'a digit with a byte changed': (random) => {
    const digit = Uint8Array.from(digits[Math.floor(GOOD * random())] as Buffer);
    const data = Buffer.from(digit).indexOf('IDAT') + 4;
    const at = data + Math.floor((digit.length - 12 - data) * random());
    digit[at] = (digit[at] as number) ^ (1 + Math.floor(254 * random()));
    return { body: digit, headers: png };
  },
  'a digit cut off': (random) => {
    const digit = digits[Math.floor(GOOD * random())] as Buffer;
    return { body: new Uint8Array(digit.subarray(0, Math.floor((digit.length - 16) * random()))), headers: png };
  },
  'a bomb by its header': () => ({ body: new Uint8Array(hugePng(30_000)), headers: png }),
  'a bomb by its data': () => ({
    body: new Uint8Array(pngOf(28, 28, deflateSync(Buffer.alloc(2_000_000)))),
    headers: png,
  }),
  'broken JSON': (random) => ({ body: '{"instances": ['.slice(0, 1 + Math.floor(14 * random())), headers: json }),
  'JSON of another shape': (random) => ({
    body: JSON.stringify(
      [{ instances: [] }, { instances: [{ image: 7 }] }, { instance: 1 }, [], 'x', { instances: 'x' }][
        Math.floor(6 * random())
      ],
    ),
    headers: json,
  }),
  'base64 that is none': () => ({ body: JSON.stringify({ instances: [{ image: '!!!' }] }), headers: json }),
  'features for a model of images': () => ({
    body: JSON.stringify({ instances: [{ features: { a: 1 } }] }),
    headers: json,
  }),
  'an unknown media type': () => ({ body: 'x', headers: { 'Content-Type': 'text/csv' } }),
  'a form without its end': () => ({
    body: '--x\r\nContent-Disposition: form-data; name="image"; filename="a.png"\r\n\r\nabc',
    headers: { 'Content-Type': 'multipart/form-data; boundary=x' },
  }),
  'a form without a boundary': () => ({ body: 'abc', headers: { 'Content-Type': 'multipart/form-data' } }),
  'another field': () => {
    const form = new FormData();
    form.append('picture', new Blob(['x']), 'x.png');
    return { body: form };
  },
  'a query that is wrong': (random) => ({
    path: ['?steps=0', '?steps=1e9', '?explain=all', '?x=1', '?contrast=zebra', '?model=none', '?steps=2&steps=3'][
      Math.floor(7 * random())
    ] as string,
    body: new Uint8Array(digits[0] as Buffer),
    headers: png,
  }),
};

describe('malformed requests', () => {
  it('are refused one by one, 10,000 of them, while good ones are answered', async () => {
    const random = dice(20261126);
    const kinds = Object.entries(malformed);
    const stop = goodTraffic(2);
    const statuses = new Map<string, Set<number>>();
    const one = async (i: number): Promise<void> => {
      const [kind, make] = kinds[i % kinds.length] as [string, Malformed];
      const { path = '?explain=none', ...init } = make(random);
      const response = await fetch(`${server.url}/predict${path}`, { method: 'POST', ...init });
      const { error } = (await response.json()) as { error?: { code: string; message: string } };
      // of a digit whose changed byte left a digit, or was cut off behind its end, an answer is right
      const seen = statuses.get(kind) ?? new Set();
      statuses.set(kind, seen.add(response.status));
      expect(response.status >= 400 ? typeof error?.message : 'undefined', kind).toBe(
        response.status >= 400 ? 'string' : typeof error,
      );
    };
    for (let i = 0; i < 10_000; i += 16) {
      await Promise.all(Array.from({ length: 16 }, (_, j) => one(i + j)));
    }
    expect(await stop()).toBeGreaterThan(100);
    for (const [kind, seen] of statuses) {
      for (const status of seen) expect([kind, status >= 400 && status < 500]).toEqual([kind, true]);
    }
  }, 400_000);

  it('on the wire are refused, and break nothing', async () => {
    const lines = [
      'NONSENSE\r\n\r\n',
      'GET / HTTP/9.9\r\n\r\n',
      'POST /predict HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n',
      'POST /predict HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
      'POST /predict HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\n',
      `GET / HTTP/1.1\r\nHost: x\r\nX-Long: ${'a'.repeat(100_000)}\r\n\r\n`,
      `GET /${'%'.repeat(1000)} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`,
      '\0\0\0\0\r\n\r\n',
    ];
    for (const line of lines) {
      const socket = connect(server.port, '127.0.0.1');
      socket.on('error', () => undefined); // it may be cut off while it writes
      socket.write(line);
      const answer = await Promise.race([once(socket, 'data').then(String), sleep(5000, 'no answer')]);
      expect(answer, line.slice(0, 60)).toMatch(/^HTTP\/1\.1 4\d\d /);
      socket.destroy();
    }
    await askRight(0);
  });
});

describe('clients', () => {
  it('that send byte by byte are cut off in time, and keep nobody else waiting', async () => {
    const slow = Array.from({ length: 50 }, () => {
      const socket = connect(server.port, '127.0.0.1');
      socket.on('error', () => undefined);
      socket.write('POST /predict HTTP/1.1\r\nHost: x\r\nContent-Type: image/png\r\nContent-Length: 100000\r\n\r\n');
      const drip = setInterval(() => socket.write('x'), 200);
      socket.on('close', () => clearInterval(drip));
      return socket;
    });
    await sleep(300);
    for (let i = 0; i < GOOD; i++) await askRight(i);
    await Promise.race([
      Promise.all(
        slow.map(
          (socket) => new Promise<void>((resolve) => (socket.closed ? resolve() : socket.once('close', resolve))),
        ),
      ),
      sleep(60_000).then(() => Promise.reject(new Error('slow clients are still there'))),
    ]);
    await askRight(0);
  }, 90_000);

  it('that leave in the middle of a request or before its answer disturb nobody', async () => {
    const stop = goodTraffic(2);
    const digit = digits[0] as Buffer;
    for (let i = 0; i < 100; i++) {
      const socket = connect(server.port, '127.0.0.1');
      socket.on('error', () => undefined);
      const head = `POST /predict HTTP/1.1\r\nHost: x\r\nContent-Type: image/png\r\nContent-Length: ${digit.length}\r\n\r\n`;
      socket.write(head);
      socket.write(i % 2 === 0 ? digit : digit.subarray(0, 50));
      await sleep(i % 7);
      socket.destroy();
    }
    expect(await stop()).toBeGreaterThan(0);
    const form = formOf(digits);
    const answer = await fetch(`${server.url}/predict?explain=none`, { method: 'POST', body: form });
    expect(answer.status).toBe(200);
  });
});
