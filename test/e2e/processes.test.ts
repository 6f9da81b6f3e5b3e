import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, expect, it, vi } from 'vitest';
import { freePort } from '../../bench/serve/servers/free-port.ts';
import type { PredictResponse } from '../../core/api.ts';
import { digitLabel, digitPng, modelsDirectory, root } from '../serve/fixtures.ts';
import { type FaultyServer, startServer } from './faults/server.ts';

/** Several processes on one port are one server to whoever asks. */

let server: FaultyServer;
const start = async (...flags: string[]): Promise<void> => {
  server = await startServer(['--models', modelsDirectory, '--processes', '2', ...flags]);
};
afterEach(() => server?.stop());

const png = { 'Content-Type': 'image/png' };

/** On a connection of its own, which any process may get. */
const post = (path: string, body?: Buffer): Promise<Response> =>
  fetch(`${server.url}${path}`, {
    method: 'POST',
    headers: { Connection: 'close', ...(body && png) },
    ...(body && { body: new Uint8Array(body) }),
  });

const statuses = async (count: number, ask: (i: number) => Promise<Response>): Promise<number[]> => {
  const answers = await Promise.all(Array.from({ length: count }, (_, i) => ask(i)));
  return answers.map(({ status }) => status);
};

async function expectRight(count: number): Promise<void> {
  for (let i = 0; i < count; i++) {
    const response = await post('/predict', await digitPng(i));
    const { predictions } = (await response.json()) as PredictResponse;
    expect(predictions[0]?.label).toBe(digitLabel(i));
  }
}

/** The processes that answer, or will, of a server on Linux. */
async function answering(pid = server.child.pid as number): Promise<number[]> {
  const children = await readFile(`/proc/${pid}/task/${pid}/children`, 'latin1');
  const pids = children.trim().split(' ').map(Number);
  const commands = await Promise.all(pids.map((child) => readFile(`/proc/${child}/cmdline`, 'latin1')));
  return pids.filter((_, i) => commands[i]?.includes('senn.js'));
}

it('answer alike, and their metrics add up', async () => {
  await start();
  await expectRight(10);
  const metrics = await (await fetch(`${server.url}/metrics`)).text();
  expect(metrics).toMatch(/^senn_http_requests_total\{route="\/predict",method="POST",status="200"\} 10$/m);
  expect(metrics).toMatch(/^senn_model_ready\{model="mnist-disenn",version="[^"]+"\} 1$/m);
});

it('make a change of models together, and a process that starts later knows it', async () => {
  await start('--admin');
  const named = async (): Promise<Response> => post('/predict?model=mnist-senn', await digitPng(0));
  expect(await statuses(6, named)).toEqual(Array(6).fill(200));
  expect((await post('/admin/models/mnist-senn/unload')).status).toBe(200);
  expect(await statuses(6, named)).toEqual(Array(6).fill(404));
  if (process.platform === 'linux') {
    const [victim] = await answering();
    process.kill(victim as number, 'SIGKILL');
    await vi.waitFor(async () => expect((await answering()).filter((pid) => pid !== victim)).toHaveLength(2), 20_000);
    await vi.waitFor(async () => await expectRight(4), 20_000);
    expect(server.messages()).toContain('a process of the server has ended; another takes its place');
    expect((await post('/admin/models/compas-senn/reload')).status).toBe(200); // waits for the one that starts
    expect(await statuses(6, named)).toEqual(Array(6).fill(404));
  }
  expect((await post('/admin/models/mnist-senn/load')).status).toBe(200);
  expect(await statuses(6, named)).toEqual(Array(6).fill(200));
  expect((await post('/admin/models/nobody/load')).status).toBe(404);
}, 60_000);

it('count the requests of a client together', async () => {
  await start('--rate-limit-requests-per-minute', '5');
  const digit = await digitPng(0);
  const answered = await statuses(12, () => post('/predict', digit));
  expect(answered.filter((status) => status === 200)).toHaveLength(5);
  expect(answered.filter((status) => status === 429)).toHaveLength(7);
});

it('end together, after their answers', async () => {
  await start();
  const digit = await digitPng(0);
  // connections that the processes have taken: what is sent on them is there
  const ask = (steps: number): Promise<number>[] =>
    Array.from({ length: 8 }, async () => {
      const url = `${server.url}/predict?explain=traversals&steps=${steps}`;
      const response = await fetch(url, { method: 'POST', body: new Uint8Array(digit), headers: png });
      await response.arrayBuffer();
      return response.status;
    });
  await Promise.all(ask(2));
  const asked = ask(25);
  await Promise.race(asked);
  const pids = process.platform === 'linux' ? await answering() : [];
  await server.stop();
  expect(server.child.exitCode).toBe(0);
  expect(await Promise.all(asked)).toEqual(Array(8).fill(200));
  for (const pid of pids) expect(() => process.kill(pid, 0)).toThrow();
});

it('are ready together: who comes then gets any of them', async () => {
  const port = await freePort();
  const flags = ['serve', '--models', modelsDirectory, '--processes', '2', '--port', String(port)];
  const child = spawn(process.execPath, [join(root, 'bin', 'senn.js'), ...flags], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let log = '';
  child.stderr.on('data', (chunk: Buffer) => {
    log += chunk.toString();
  });
  const ready = async (query = ''): Promise<string> => {
    const answer = await fetch(`http://127.0.0.1:${port}/health/ready${query}`, { headers: { Connection: 'close' } });
    const { status, error } = (await answer.json()) as { status?: string; error?: { details: { reason: string } } };
    return status ?? error?.details.reason ?? '';
  };
  try {
    const told = new Set<string>();
    await vi.waitFor(
      async () => {
        told.add(await ready());
        expect(told).toContain('ready');
      },
      { timeout: 30_000, interval: 20 },
    );
    expect([...told]).toEqual(['the server is starting', 'ready']);
    // told apart by their query from those before, whose lines may come late
    for (let i = 0; i < 4; i++) await ready('?after');
    await vi.waitFor(() => {
      const pids = log.match(/"pid":\d+(?=.*ready\?after.*request completed)/g) ?? [];
      expect([pids.length, new Set(pids).size]).toEqual([4, 2]);
    });
  } finally {
    child.kill('SIGTERM');
    await once(child, 'exit');
  }
}, 40_000);

it('say once what keeps them from starting', async () => {
  const flags = ['serve', '--models', '/no/such/folder', '--processes', '2', '--port', '0'];
  const started = promisify(execFile)(process.execPath, [join(root, 'bin', 'senn.js'), ...flags]);
  const error: unknown = await started.catch((reason: unknown) => reason);
  expect(error).toMatchObject({ code: 2, stdout: '' });
  expect((error as { stderr: string }).stderr.match(/"\/no\/such\/folder" cannot be read \(ENOENT\)/g)).toHaveLength(1);
});

it.runIf(process.platform === 'linux')(
  'end where they have not all started yet',
  async () => {
    const child = spawn(process.execPath, [join(root, 'bin', 'senn.js'), 'serve', '--processes', '2', '--port', '0']);
    await vi.waitFor(async () => expect(await answering(child.pid as number)).toHaveLength(1), 20_000);
    child.kill('SIGTERM');
    await once(child, 'exit');
    expect(child.stdout.read()).toBeNull();
  },
  30_000,
);
