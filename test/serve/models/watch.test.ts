import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it, vi } from 'vitest';
import { watchFolder } from '../../../serve/models/watch.ts';

/** A model directory that vanishes and comes back, as where its disk is mounted anew. */

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

it('is watched again when it is back', async () => {
  const root = await mkdtemp(join(tmpdir(), 'senn-watch-'));
  closing.push(() => rm(root, { recursive: true }));
  const models = join(root, 'models');
  await mkdir(join(models, 'one'), { recursive: true });
  const changed = vi.fn();
  const failed = vi.fn();
  closing.push(watchFolder(models, changed, failed));
  const change = async (name: string): Promise<void> => {
    changed.mockClear();
    await vi.waitFor(
      async () => {
        await writeFile(join(models, 'one', name), String(Math.random()));
        expect(changed).toHaveBeenCalled();
      },
      { timeout: 15_000, interval: 700 },
    );
  };
  await change('before');
  await rename(models, join(root, 'gone'));
  changed.mockClear();
  await vi.waitFor(() => expect(changed).toHaveBeenCalled(), 10_000);
  changed.mockClear();
  await new Promise((done) => setTimeout(done, 700));
  await rename(join(root, 'gone'), models);
  await vi.waitFor(() => expect(changed).toHaveBeenCalled(), 10_000); // that it is back
  await change('after');
  expect(failed).not.toHaveBeenCalled();
});
