import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createRegistry } from '../../../serve/models/registry.ts';
import { modelPath } from '../fixtures.ts';

/** Why a model is not served: told to whoever asks for it, and in the list of the administration. */

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'senn-reasons-'));
  await cp(modelPath, join(folder, 'mnist-disenn'), { recursive: true });
  for (const name of ['Upper', 'broken']) {
    await mkdir(join(folder, name));
    await writeFile(join(folder, name, 'manifest.json'), '{');
  }
});
afterAll(() => rm(folder, { recursive: true }));

it('names the rule that a folder breaks, and what was done to a model', async () => {
  const registry = createRegistry({
    directory: folder,
    open: async ({ id, manifest, files }) => ({ id, manifest, files, retire: () => {} }) as never,
    logger: pino({ level: 'silent' }),
  });
  await registry.loadAll();
  await registry.unload('mnist-disenn');
  const reasons = Object.fromEntries((await registry.index()).map(({ name, reason }) => [name, reason]));
  expect(reasons).toEqual({
    Upper: expect.stringMatching(/"Upper": a model is named by lower-case letters/),
    broken: expect.stringMatching(/manifest\.json/),
    'mnist-disenn': 'unloaded',
  });
  expect(() => registry.named('broken')).toThrow(/^model "broken" is not served: broken\/manifest\.json: /);
  expect(() => registry.named('mnist-disenn')).toThrow(/is not served: it was unloaded/);
  expect(() => registry.named('nobody')).toThrow(/unknown model "nobody"/);
});
