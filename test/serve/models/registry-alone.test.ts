import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeEach, expect, it } from 'vitest';
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
