import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readConfig } from '../../training/config.ts';
import { parseIdx } from '../../training/datasets/idx.ts';
import { loadMnist } from '../../training/datasets/mnist.ts';
import { loadScoringInputs } from '../../training/datasets/scoring.ts';
import { tinyConfig } from './tiny.ts';

const idx = (type: number, shape: number[], values: number[]) => {
  const header = Buffer.alloc(4 + 4 * shape.length);
  header[2] = type;
  header[3] = shape.length;
  for (const [i, dimension] of shape.entries()) header.writeUInt32BE(dimension, 4 + 4 * i);
  return new Uint8Array(Buffer.concat([header, Buffer.from(values)]));
};

describe('IDX files', () => {
  it('gives shape and values', () => {
    const { shape, data } = parseIdx(idx(8, [2, 3], [1, 2, 3, 4, 5, 6]), 'x');
    expect([shape, [...data]]).toEqual([
      [2, 3],
      [1, 2, 3, 4, 5, 6],
    ]);
  });

  it.each([
    ['another type', idx(13, [1], [1])],
    ['no header', new Uint8Array([1, 2])],
    ['too few values', idx(8, [2, 3], [1])],
    ['too many values', idx(8, [1], [1, 2])],
  ])('refuses %s and names the file', (_, bytes) => {
    expect(() => parseIdx(bytes, 'some-file')).toThrow(/^some-file: /);
  });
});

describe('MNIST', () => {
  it('is all of it, in [0, 1], NCHW', async () => {
    const { train, test, classes } = await loadMnist();
    expect([train.inputs.shape, test.inputs.shape]).toEqual([
      [60000, 1, 28, 28],
      [10000, 1, 28, 28],
    ]);
    expect([...test.labels.subarray(0, 10)]).toEqual([7, 2, 1, 0, 4, 1, 4, 9, 5, 9]);
    expect(classes).toHaveLength(10);
    const some = train.inputs.data.subarray(0, 784 * 100);
    expect([Math.min(...some), Math.max(...some)]).toEqual([0, 1]);
  });

  it('says which file is missing', async () => {
    await expect(loadMnist('/nowhere')).rejects.toMatchObject({
      code: 'missing_data',
      message: expect.stringContaining('/nowhere/train-images'),
    });
  });

  it('is what --data mnist:test names, in file order', async () => {
    const input = { kind: 'image', channels: 1, height: 28, width: 28 } as const;
    const { name, input: inputs, labels } = await loadScoringInputs('mnist:test', { limit: 3, input });
    expect([name, inputs.shape, [...labels]]).toEqual(['mnist:test', [3, 1, 28, 28], [7, 2, 1]]);
    await expect(loadScoringInputs('mnits:test', { input })).rejects.toThrow(
      'unknown data set "mnits:test"; choose mnist:train or mnist:test',
    );
    await expect(loadScoringInputs('mnist:test', { input: { ...input, height: 32 } })).rejects.toThrow(
      'inputs [1, 28, 28]; the model takes [1, 32, 28]',
    );
  });
});

describe('configuration', () => {
  it('writes every default out', () => {
    expect(tinyConfig()).toMatchObject({ version: '1', aggregator: { kind: 'sum' }, data: { validation: 0 } });
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
});
