import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { ModelBundle } from '../../../serve/models/bundle.ts';
import { createRegistry, type Registered } from '../../../serve/models/registry.ts';
import { writeTableModel } from '../../helpers/table-model.ts';

/** The registry without an engine: it serves whatever `open` gives, and retires it. */

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'senn-registry-'));
});
afterEach(() => rm(directory, { recursive: true }));

it('serves what it is given to open, once for each bundle, and retires it when it is served no more', async () => {
  await writeTableModel(directory, 'single');
  const retired: string[] = [];
  const opened: string[] = [];
  const registry = createRegistry<Registered>({
    directory,
    open: async ({ id, manifest }) => {
      opened.push(id);
      return { id, manifest, retire: () => retired.push(id) };
    },
    logger: pino({ level: 'silent' }),
  });
  await registry.loadAll();
  await registry.load('single');
  expect(opened).toEqual([registry.named('single').id]);
  expect(retired).toEqual([]);
  await registry.unload('single');
  expect(retired).toEqual(opened);
});

/** Registers two models, the first of which opens when `release` is called, and says how it went. */
async function hanging() {
  await writeTableModel(directory, 'hung');
  await writeTableModel(directory, 'good');
  const retired: string[] = [];
  let release = (): void => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  const registry = createRegistry<Registered>({
    directory,
    changeTimeoutMs: 300,
    open: async ({ id, manifest }: ModelBundle) => {
      if (manifest.name === 'hung') await held;
      return { id, manifest, retire: () => retired.push(manifest.name) };
    },
    logger: pino({ level: 'silent' }),
  });
  return { registry, retired, release };
}

it('gives up a change whose time is over, and goes on with those behind it', async () => {
  const { registry, retired, release } = await hanging();
  const hung = registry.load('hung');
  const good = registry.load('good');
  await expect(hung).rejects.toMatchObject({
    code: 'timeout',
    status: 504,
    message: expect.stringMatching(/"hung".*300 ms/),
  });
  expect((await good).manifest.name).toBe('good');
  expect(await registry.index()).toContainEqual(
    expect.objectContaining({ name: 'hung', state: 'unavailable', reason: expect.stringContaining('300 ms') }),
  );
  release();
  await vi.waitFor(() => expect(retired).toEqual(['hung'])); // it comes too late to be served
  expect(registry.all().map(({ manifest }) => manifest.name)).toEqual(['good']);
  expect((await registry.load('hung')).manifest.name).toBe('hung');
});

it('is not kept by one model from serving the others when it starts and when the folder changes', async () => {
  const { registry, release } = await hanging();
  expect([...(await registry.loadAll()).keys()]).toEqual(['hung']);
  await registry.refresh();
  expect(registry.all().map(({ manifest }) => manifest.name)).toEqual(['good']);
  release();
});
