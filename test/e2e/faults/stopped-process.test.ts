import { once } from 'node:events';
import { mkdtemp, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest';
import { modelsDirectory } from '../../serve/fixtures.ts';
import { type FaultyServer, startServer } from './server.ts';

/** A process of a server that is stopped, as by SIGSTOP, a debugger or a machine that swaps: the others do without it. */

let server: FaultyServer;
let models: string;
beforeAll(async () => {
  models = await mkdtemp(join(tmpdir(), 'senn-stopped-'));
  for (const name of ['compas-senn', 'mnist-senn']) await symlink(join(modelsDirectory, name), join(models, name));
});
afterAll(() => rm(models, { recursive: true }));
afterEach(async () => {
  for (const pid of await answering().catch(() => [])) process.kill(pid, 'SIGCONT');
  await server.stop();
});

/** The processes that answer, on Linux. */
async function answering(): Promise<number[]> {
  const pid = server.child.pid as number;
  const children = await readFile(`/proc/${pid}/task/${pid}/children`, 'latin1');
  const pids = children.trim().split(' ').map(Number);
  const commands = await Promise.all(pids.map((child) => readFile(`/proc/${child}/cmdline`, 'latin1')));
  return pids.filter((_, i) => commands[i]?.includes('senn.js'));
}

const get = (path: string, milliseconds = 8000, method = 'GET'): Promise<Response> =>
  fetch(`${server.url}${path}`, {
    method,
    headers: { Connection: 'close' },
    signal: AbortSignal.timeout(milliseconds),
  });

/** So often that a process that hangs gets one of the connections, which is all that it is given. */
async function getAll(count: number, path: string): Promise<void> {
  for (let i = 0; i < count; i++) await get(path, 3000).catch(() => undefined);
}

const metric = (text: string, name: string): number =>
  Number(
    text
      .split('\n')
      .find((line) => line.startsWith(`${name} `))
      ?.slice(name.length),
  );

const COUNTED = 'senn_http_requests_total{route="/health",method="GET",status="200"}';

it.runIf(process.platform === 'linux')(
  'holds up neither metrics nor changes of models nor the end, and what it had counted stays',
  async () => {
    server = await startServer(['--models', models, '--processes', '2', '--threads', '1', '--admin']);
    for (let i = 0; i < 10; i++) expect((await get('/health')).status).toBe(200);
    await sleep(1500);
    const [victim] = (await answering()) as [number];
    process.kill(victim, 'SIGSTOP');
    await getAll(4, '/health/live');
    const text = await (await get('/metrics')).text(); // nobody knows yet that it is stopped
    expect(metric(text, COUNTED)).toBe(10);
    await vi.waitFor(() => expect(server.messages()).toContain('a process of the server does not answer'), 20_000);
    const told = await (await get('/metrics', 2000)).text();
    expect(metric(told, COUNTED)).toBe(10);
    expect(metric(told, 'senn_processes{state="answering"}')).toBe(1);
    expect(metric(told, 'senn_processes{state="silent"}')).toBe(1);
    expect((await get('/admin/models/mnist-senn/unload', 5000, 'POST')).status).toBe(200);
    expect(server.messages()).toContain('a change is not made yet in all processes');
    process.kill(victim, 'SIGCONT');
    await vi.waitFor(() => expect(server.messages()).toContain('a process of the server answers again'), 5000);
    // either process has made the change
    for (let i = 0; i < 4; i++) expect((await get('/v2/models/mnist-senn')).status).toBe(404);
    expect(metric(await (await get('/metrics')).text(), COUNTED)).toBe(10);
    process.kill(victim, 'SIGSTOP');
    const ended = once(server.child, 'exit');
    server.child.kill('SIGTERM');
    await ended;
    await vi.waitFor(() => expect(() => process.kill(victim, 0)).toThrow(), 10_000);
  },
  180_000,
);

it.runIf(process.platform === 'linux')(
  'gives what it was handed to another when it is ended, and its counts stay though nobody had asked for them',
  async () => {
    server = await startServer(['--models', models, '--processes', '2', '--threads', '1']);
    for (let i = 0; i < 10; i++) expect((await get('/health')).status).toBe(200);
    await sleep(1500);
    const [victim] = (await answering()) as [number];
    process.kill(victim, 'SIGSTOP');
    const asked = Array.from({ length: 6 }, () => get('/health/live', 30_000));
    await sleep(500);
    process.kill(victim, 'SIGKILL');
    expect((await Promise.all(asked)).map(({ status }) => status)).toEqual(Array(6).fill(200));
    expect(metric(await (await get('/metrics')).text(), COUNTED)).toBe(10);
  },
  180_000,
);
