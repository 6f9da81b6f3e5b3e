import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { jobSchema } from '../../../serve/http/scoring/schema.ts';
import { testModels } from '../../helpers/models.ts';

/** A job of a server that is killed in the midst of it ends, after a restart, with the same report as one that is not. */

const checkout = join(import.meta.dirname, '../../..');
const ROWS = 3000;

describe('a job', () => {
  let folder = '';
  let server: ChildProcess | undefined;
  let url = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'senn-restart-'));
  });
  afterAll(async () => {
    server?.kill('SIGKILL');
    await rm(folder, { recursive: true, force: true });
  });

  async function start(): Promise<void> {
    const flags = ['--models', testModels, '--port', '0', '--json', '--log-level', 'error'];
    const args = [join(checkout, 'bin/senn.js'), 'serve', ...flags, '--jobs-folder', join(folder, 'jobs')];
    server = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    for await (const line of createInterface({ input: server.stdout as NodeJS.ReadableStream })) {
      url = JSON.parse(line).url;
      return;
    }
    throw new Error('the server has not started');
  }

  async function kill(): Promise<void> {
    const ended = new Promise((resolve) => server?.once('exit', resolve));
    server?.kill('SIGKILL');
    await ended;
  }

  const jobOf = async (path: string) => jobSchema.parse(await (await fetch(`${url}${path}`)).json());

  async function until(path: string, reached: (job: Awaited<ReturnType<typeof jobOf>>) => boolean): Promise<void> {
    while (!reached(await jobOf(path))) await new Promise((resolve) => setTimeout(resolve, 50));
  }

  async function reportOf(path: string): Promise<string[]> {
    const forms = ['application/json', 'text/csv', 'text/html'];
    const texts = await Promise.all(
      forms.map(async (type) => (await fetch(`${url}${path}/report`, { headers: { Accept: type } })).text()),
    );
    return texts.map((text) => text.replace(/"elapsedSeconds": [\d.]+/, '"elapsedSeconds": 0'));
  }

  it('goes on after SIGKILL and a restart, byte for byte', async () => {
    const manifest = JSON.parse(await readFile(join(testModels, 'compas-senn', 'manifest.json'), 'utf8'));
    const features: { name: string }[] = manifest.input.features;
    const row = (n: number): string => features.map((_, f) => (f === 1 ? n % 20 : (n >> (f % 11)) & 1)).join(',');
    const body = [features.map(({ name }) => name).join(','), ...Array.from({ length: ROWS }, (_, n) => row(n))].join(
      '\n',
    );
    const post = async (): Promise<string> => {
      const query = 'model=compas-senn&metrics=faithfulness,stability&batch=16';
      const headers = { 'Content-Type': 'text/csv' };
      const response = await fetch(`${url}/jobs?${query}`, { method: 'POST', body, headers });
      expect(response.status).toBe(202);
      return response.headers.get('location') as string;
    };
    await start();
    const path = await post();
    const journal = join(folder, path, 'report', 'journal.ndjson');
    await until(path, ({ progress }) => (progress?.done ?? 0) > 100);
    expect(existsSync(journal)).toBe(true);
    await kill();
    await start();
    await until(path, ({ state }) => state === 'done');
    const whole = await post();
    await until(whole, ({ state }) => state === 'done');
    const [killed, other] = [await reportOf(path), await reportOf(whole)];
    expect(killed).toEqual(other);
    expect(JSON.parse(killed[0] as string).job.data.count).toBe(ROWS);
  });
});
