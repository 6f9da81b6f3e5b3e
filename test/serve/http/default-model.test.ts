import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startServer } from '../../../serve/commands/serve/server.ts';
import { resolveConfig } from '../../../serve/config/index.ts';
import { writeTableModel } from '../../helpers/table-model.ts';
import { modelPath } from '../fixtures.ts';

let models: string;

beforeAll(async () => {
  models = await mkdtemp(join(tmpdir(), 'senn-default-'));
  await cp(modelPath, join(models, 'mnist-disenn'), { recursive: true });
  await writeTableModel(models, 'a-table');
  await writeTableModel(models, 'b-table');
});
afterAll(() => rm(models, { recursive: true }));

const start = (defaultModel?: string) =>
  startServer({
    config: resolveConfig({
      flags: {
        '--models': models,
        '--port': '0',
        '--threads': '1',
        ...(defaultModel && { '--default': defaultModel }),
      },
    }),
    logger: pino({ level: 'silent' }),
    page: { kind: 'missing', reason: 'No page here.' },
  });

describe('the default model', () => {
  it.each([
    [undefined, ['a-table', 'b-table', 'mnist-disenn']],
    ['b-table', ['b-table', 'a-table', 'mnist-disenn']],
  ])('%s comes first, the others by name', async (name, order) => {
    const server = await start(name);
    try {
      expect(server.models).toEqual(order);
      const listed = (await (await fetch(`${server.url}/models`)).json()) as { models: { name: string }[] };
      expect(listed.models.map((model) => model.name)).toEqual(order);
    } finally {
      await server.close();
    }
  });

  it('must be one that is served', async () => {
    await expect(start('c-table')).rejects.toMatchObject({
      code: 'invalid_config',
      message: 'serve: default model "c-table" is not served; choose a-table, b-table, mnist-disenn',
    });
  });
});
