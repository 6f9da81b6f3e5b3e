import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { configSchema } from '../../../training/config/config.ts';
import { readConfig } from '../../../training/config/config-file.ts';
import { tinyConfig } from '../tiny.ts';

describe('configuration', () => {
  it('writes every default out', () => {
    expect(tinyConfig()).toMatchObject({
      version: '1',
      aggregator: { kind: 'sum', bias: false },
      data: { validation: 0 },
      keep: 'last',
    });
  });

  it('reads back what it wrote', () => {
    const config = tinyConfig();
    expect(configSchema.parse(JSON.parse(JSON.stringify(config)))).toEqual(config);
  });

  it('refuses what it does not know, with the path', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'senn-config-'));
    const path = join(folder, 'c.json');
    await writeFile(
      path,
      JSON.stringify({ ...tinyConfig(), optimizer: { kind: 'adam', learningRate: -1 }, colour: 'red' }),
    );
    await expect(readConfig(path)).rejects.toThrow(/optimizer\.learningRate.*colour/s);
    await writeFile(path, '{ "name": ');
    await expect(readConfig(path)).rejects.toThrow(/is not JSON/);
    await expect(readConfig(join(folder, 'none.json'))).rejects.toThrow(/cannot be read/);
    await rm(folder, { recursive: true });
  });

  it.each([{ keep: 'best' }, { earlyStopping: { patience: 3 } }])('%j needs held-out inputs', (change) => {
    expect(() => tinyConfig(change)).toThrow(/need held-out inputs/);
    expect(() => tinyConfig({ ...change, data: { name: 'mnist', validation: 10 } })).not.toThrow();
  });

  it.each(['convolutional', 'convolutional-vae'])('nothing is dropped in a conceptizer: %s', (kind) => {
    const conceptizer = (dropout: number) => ({ kind, concepts: 2, convolutions: [{ filters: 2, dropout }] });
    expect(() => tinyConfig({ conceptizer: conceptizer(0) })).not.toThrow();
    expect(() => tinyConfig({ conceptizer: conceptizer(0.5) })).toThrow('only a parameterizer drops');
  });

  it('pretraining needs a conceptizer that learns', () => {
    const pretraining = { epochs: 1, beta: 1 };
    expect(() => tinyConfig({ pretraining })).not.toThrow();
    expect(() => tinyConfig({ pretraining, conceptizer: { kind: 'identity' } })).toThrow('have no weights');
  });
});
