import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { ended, type PrivateRedis, redisProgram, startRedis } from '../../../../../bench/queue/redis.ts';
import { trouble } from '../../../../../bench/queue/trouble.ts';
import { testModels } from '../../../../helpers/models.ts';

/** `senn score --queue` and `senn worker` over a Redis of their own: what fails on the way changes no byte of a report. */

const program = redisProgram();
if (program === undefined) process.stderr.write('skipped: needs redis-server or valkey-server\n');

const checkout = join(import.meta.dirname, '../../../../..');
const PASSWORD = 'correct horse';
const compas = ['--model', join(testModels, 'compas-senn'), '--data', 'compas:test'];

describe.skipIf(program === undefined)('a job over a queue', () => {
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'senn-queue-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('gives the report of one process though workers are killed, Redis forgets and the network is cut', async () => {
    const attributions = ['--attributions', 'contributions,lime,kernel-shap', '--queries', '20000'];
    const outcome = await trouble({
      program: program as string,
      folder,
      job: [...compas, '--limit', '400', '--batch', '4', ...attributions],
      kills: 4,
      restartAfter: 2,
      cutAfter: 3,
      cutSeconds: 3,
      random: Math.random,
    });
    expect(outcome).toMatchObject({ kills: 4, restarts: 1, cuts: 1, different: [], rows: 400 });
  });

  /** The command, with what it says. */
  function senn(args: readonly string[], environment: Readonly<Record<string, string>> = {}) {
    const child: ChildProcess = spawn(process.execPath, [join(checkout, 'bin/senn.js'), ...args], {
      env: { ...process.env, ...environment },
    });
    onTestFinished(async () => {
      child.kill('SIGKILL');
      await ended(child);
    });
    let said = '';
    for (const stream of [child.stdout, child.stderr])
      stream?.on('data', (chunk: Buffer) => (said += chunk.toString()));
    return { child, said: () => said };
  }

  async function redis(...extra: string[]): Promise<PrivateRedis> {
    const started = await startRedis(program as string, ...extra);
    onTestFinished(() => started.stop());
    return started;
  }

  it('takes the password from the environment and tells it nobody; a worker ends cleanly, and gives back its batch', async () => {
    const { port } = await redis('--requirepass', PASSWORD);
    const queue = `redis://127.0.0.1:${port}`;
    const out = join(folder, 'password');
    const job = ['score', ...compas, '--limit', '40', '--batch', '20', '--attributions', 'lime', '--queries', '200000'];
    const refused = senn([...job, '--out', out, '--queue', queue]);
    await ended(refused.child);
    expect([refused.child.exitCode, refused.said()]).toEqual([1, expect.stringContaining('NOAUTH')]);

    const secret = { SENN_QUEUE_PASSWORD: PASSWORD };
    const first = senn(['worker', '--queue', queue, '--threads', '1', '--grace', '0', '--log-level', 'debug'], secret);
    const score = senn([...job, '--out', out, '--queue', queue], secret);
    await expect.poll(() => first.said(), { timeout: 30_000 }).toContain('batch taken');
    first.child.kill('SIGTERM');
    await ended(first.child);
    expect([first.child.exitCode, first.child.signalCode]).toEqual([0, null]);
    expect(first.said()).toContain('batch given back');
    const second = senn(['worker', '--queue', queue, '--threads', '1', '--log-level', 'debug'], secret);
    await ended(score.child);
    expect(score.child.exitCode, score.said()).toBe(0);
    second.child.kill('SIGTERM');
    await ended(second.child);
    expect(second.child.exitCode).toBe(0);
    expect((await readFile(join(out, 'inputs.ndjson'), 'utf8')).trimEnd().split('\n')).toHaveLength(40);
    for (const { said } of [refused, first, score, second]) expect(said()).not.toContain(PASSWORD);
  });

  it('has workers fetch models from a server that the operator names, and lays none of them in Redis', async () => {
    const files = new Map<string, Buffer>();
    for (const name of await readdir(join(testModels, 'compas-senn'))) {
      const bytes = await readFile(join(testModels, 'compas-senn', name));
      files.set(`/${createHash('sha256').update(bytes).digest('hex')}`, bytes);
    }
    const asked: string[] = [];
    const server = createServer(({ method, url }, response) => {
      const bytes = files.get(url ?? '');
      asked.push(`${method} ${bytes === undefined ? 'nothing' : 'a file'}`);
      if (bytes === undefined) response.writeHead(404).end();
      else response.writeHead(200, { 'Content-Length': bytes.length }).end(method === 'HEAD' ? undefined : bytes);
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    onTestFinished(() => void server.close());
    const { port } = await redis();
    const from = ['--models-from', `http://127.0.0.1:${(server.address() as AddressInfo).port}/`];
    const queue = ['--queue', `redis://127.0.0.1:${port}`, ...from];
    senn(['worker', ...queue, '--threads', '1']);
    const score = senn(['score', ...compas, '--limit', '40', '--out', join(folder, 'from'), ...queue]);
    await ended(score.child);
    expect(score.child.exitCode, score.said()).toBe(0);
    expect(new Set(asked)).toEqual(new Set(['HEAD a file', 'GET a file']));
    const client = new Redis(port);
    onTestFinished(() => client.disconnect());
    expect(await client.keys('senn:blob:*')).toEqual([]);
  });

  it('fails at once with the error of a batch, and says so where Redis is not there', async () => {
    const { port, stop } = await redis();
    const queue = `redis://127.0.0.1:${port}`;
    const job = ['score', ...compas, '--limit', '4', '--out', join(folder, 'error.json'), '--queue', queue];
    const worker = senn(['worker', '--queue', queue, '--threads', '1', '--batch-seconds', '1']);
    const slow = senn([...job, '--attributions', 'lime', '--queries', '900000']);
    await ended(slow.child);
    expect([slow.child.exitCode, slow.said()]).toEqual([1, expect.stringContaining('a batch may take 1 s')]);
    worker.child.kill('SIGTERM');
    await ended(worker.child);
    await stop();
    const alone = senn(job);
    await ended(alone.child);
    expect([alone.child.exitCode, alone.said()]).toEqual([1, expect.stringMatching(/queue redis:.*ECONNREFUSED/)]);
  });
});
