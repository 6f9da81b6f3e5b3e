import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { predictResponseSchema } from '../../core/api.ts';
import { readModelFolder } from '../../serve/models/model-folder.ts';
import { digitLabel, digitPng, drawnDigit, formOf, modelPath, modelsDirectory, root } from '../serve/fixtures.ts';

/** The command as its users run it, from another folder than the checkout. */

let elsewhere: string;
const children: ChildProcess[] = [];

beforeAll(async () => {
  elsewhere = await mkdtemp(join(tmpdir(), 'senn-e2e-'));
});

afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

afterAll(() => rm(elsewhere, { recursive: true }));

function senn(...args: string[]): ChildProcess & { readonly errors: () => string } {
  const child = spawn(process.execPath, [join(root, 'bin', 'senn.js'), ...args], {
    cwd: elsewhere,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let errors = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    errors += chunk.toString();
  });
  children.push(child);
  return Object.assign(child, { errors: () => errors });
}

async function served(...args: string[]) {
  const child = senn('serve', '--models', modelsDirectory, '--port', '0', '--json', ...args);
  const lines = createInterface({ input: child.stdout as NodeJS.ReadableStream });
  const [line] = (await Promise.race([once(lines, 'line'), once(child, 'exit')])) as unknown[];
  if (typeof line !== 'string') throw new Error(`serve ended with ${line}: ${child.errors()}`);
  return { child, ready: JSON.parse(line) as { url: string; models: string[]; executionProvider: string } };
}

async function exitOf(child: ChildProcess): Promise<{ code: number | null; signal: string | null }> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  return { code: child.exitCode, signal: child.signalCode };
}

async function labelsOf(url: string, files: Buffer[]): Promise<string[]> {
  const response = await fetch(`${url}/predict?model=mnist-disenn&explain=none`, {
    method: 'POST',
    body: formOf(files),
  });
  expect(response.status, await response.clone().text()).toBe(200);
  return predictResponseSchema.parse(await response.json()).predictions.map(({ label }) => label);
}

describe('senn serve', () => {
  it('recognises real digits, finishes what is in flight on SIGTERM, and exits with 0', async () => {
    const { child, ready } = await served();
    expect(ready.models).toContain('mnist-disenn');
    const { manifest } = await readModelFolder(modelPath);
    const claimed = manifest.metrics['testAccuracy'] as number;
    const indices = Array.from({ length: 256 }, (_, i) => i);

    let right = 0;
    let drawnRight = 0;
    for (let start = 0; start < indices.length; start += 64) {
      const batch = indices.slice(start, start + 64);
      const labels = await labelsOf(ready.url, await Promise.all(batch.map(digitPng)));
      right += batch.filter((index, i) => labels[i] === digitLabel(index)).length;
    }
    expect(right / indices.length).toBeGreaterThan(claimed - 0.03);

    const drawn = indices.slice(0, 64);
    const files = await Promise.all(drawn.map(async (index) => (await drawnDigit(index)).jpeg().toBuffer()));
    const labels = await labelsOf(ready.url, files);
    drawnRight += drawn.filter((index, i) => labels[i] === digitLabel(index)).length;
    expect(drawnRight / drawn.length).toBeGreaterThan(claimed - 0.08);

    const inFlight = fetch(`${ready.url}/predict?model=mnist-disenn&steps=25`, {
      method: 'POST',
      body: formOf(await Promise.all(indices.slice(0, 64).map(digitPng))),
    });
    await new Promise((resolve) => setTimeout(resolve, 150));
    child.kill('SIGTERM');
    const response = await inFlight;
    expect(response.status).toBe(200);
    expect(predictResponseSchema.parse(await response.json()).predictions).toHaveLength(64);
    expect(await exitOf(child)).toEqual({ code: 0, signal: null });
    await expect(fetch(`${ready.url}/health`)).rejects.toThrow();
  });

  it('says that a port is in use, and exits with 1', async () => {
    const { ready } = await served();
    const second = senn('serve', '--models', modelsDirectory, '--port', new URL(ready.url).port);
    expect(await exitOf(second)).toEqual({ code: 1, signal: null });
    expect(second.errors()).toMatch(/cannot listen on 127\.0\.0\.1:\d+: the port is in use/);
  });

  it('says that there are no models, and exits with 2', async () => {
    const child = senn('serve', '--models', elsewhere);
    expect(await exitOf(child)).toEqual({ code: 2, signal: null });
    expect(child.errors()).toMatch(/serve: no model in/);
  });

  it('refuses what is no port, and exits with 2', async () => {
    for (const port of ['http', '70000', '-1']) {
      expect(await exitOf(senn('serve', '--port', port))).toEqual({ code: 2, signal: null });
    }
  });
});

describe('senn verify', () => {
  it('passes on the model', async () => {
    const child = senn('verify', modelPath);
    expect(await exitOf(child)).toEqual({ code: 0, signal: null });
  });
});
