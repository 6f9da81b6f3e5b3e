import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Manifest } from '../../../core/manifest.ts';
import { compasSource } from '../../../training/datasets/compas.ts';
import { dataSchema, loadDataset } from '../../../training/datasets/index.ts';
import { scoredCount } from '../../../training/datasets/scoring/options.ts';
import { loadScoringInputs } from '../../../training/datasets/scoring.ts';
import { isAtHand, nowhere, temporaryFolder } from './helpers.ts';
import { grey, pixelsOf, writeImages } from './image-files.ts';

const images = (height: number, width: number): Manifest['input'] => ({ kind: 'image', channels: 1, height, width });
const table = (...names: string[]): Manifest['input'] => ({
  kind: 'tabular',
  features: names.map((name) => ({ name, range: [0, 1] })),
});

describe('--data SET:SPLIT', () => {
  const digits = { input: images(28, 28) };

  it('is the split in its order, as many as asked for', async () => {
    const { name, input, labels } = await loadScoringInputs('mnist:test', { ...digits, limit: 3 });
    expect([name, input.shape, [...(labels as Int32Array)]]).toEqual(['mnist:test', [3, 1, 28, 28], [7, 2, 1]]);
    const { test } = await loadDataset({ name: 'mnist', validation: 0 });
    expect(input.data).toEqual(test.gather(Int32Array.of(0, 1, 2)));
  });

  it('knows the factors behind each input, where the set does', async () => {
    const { factors, labels } = await loadScoringInputs('dsprites:test', { input: images(64, 64), limit: 5 });
    const F = factors?.names.length ?? 0;
    expect(factors?.values).toHaveLength(5 * F);
    const shapes = Array.from({ length: 5 }, (_, n) => factors?.values[n * F + factors.names.indexOf('shape')]);
    expect(shapes).toEqual([...(labels as Int32Array)]);
    expect(await loadScoringInputs('mnist:test', { ...digits, limit: 1 })).not.toHaveProperty('factors');
  });

  it('brings the training split along for what is learned from it first, evenly spread, unless it is that itself', async () => {
    const { training } = await loadScoringInputs('mnist:test', { ...digits, limit: 1 });
    const { input, labels } = await (training as NonNullable<typeof training>)(3);
    const { train } = await loadDataset({ name: 'mnist', validation: 0 });
    expect(input).toEqual({ shape: [3, 1, 28, 28], data: train.gather(Int32Array.of(0, 20_000, 40_000)) });
    expect([...labels]).toEqual([0, 20_000, 40_000].map((row) => train.labels[row]));
    expect(await loadScoringInputs('mnist:train', { ...digits, limit: 1 })).not.toHaveProperty('training');
  });

  it('must be inputs and classes that the model takes', async () => {
    await expect(loadScoringInputs('mnist:test', { input: images(32, 28) })).rejects.toMatchObject({
      code: 'unsupported_input',
      message: 'data set mnist:test has image inputs [1, 28, 28]; the model takes [1, 32, 28]',
    });
    await expect(loadScoringInputs('mnist:test', { ...digits, classes: ['a', 'b'] })).rejects.toThrow(
      'data set mnist:test has classes [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]; the model takes [a, b]',
    );
  });

  it.each([
    ['mnits:test', 'mnist:test'],
    ['mnist:tset', 'mnist:test'],
    ['mnist:test:1', 'mnist:test'],
    ['mnist', undefined],
    ['csv:test', undefined],
    ['images:train', undefined],
    ['/nowhere', undefined],
  ])('is not "%s"; the error lists what it may be, and asks whether %s was meant', async (spec, meant) => {
    const { code, message } = await loadScoringInputs(spec, digits).catch((error) => error);
    expect(code).toBe('unknown_data_set');
    expect(message).toMatch(
      /^unknown data set ".*"; choose SET:train or SET:test with SET one of abalone, .*compas, dsprites, ionosphere, mnist, .*, or name a folder of images or a CSV file($|; did)/,
    );
    expect(message.split('; did you mean ')[1]).toBe(meant && `"${meant}"?`);
  });

  it('refuses more than fits in memory, and says how many do', async () => {
    expect(scoredCount('dsprites:test', 73_728, [1, 64, 64], 500)).toBe(500);
    expect(scoredCount('mnist:train', 60_000, [1, 28, 28])).toBe(60_000);
    await expect(loadScoringInputs('dsprites:train', { input: images(64, 64) }, nowhere)).rejects.toThrow(
      'dsprites:train: 663552 inputs [1, 64, 64] are too many to score at once; at most --limit 131072',
    );
  });
});

describe.skipIf(!(await isAtHand(compasSource)))('--data compas:test (needs its file: set SENN_DATA)', () => {
  it('is a table with the features of the model, in its order', async () => {
    const dataset = await loadDataset(dataSchema.parse({ name: 'compas' }));
    const { input: described, classes, test } = dataset;
    const { input, labels } = await loadScoringInputs('compas:test', { input: described, classes });
    expect(input.shape).toEqual(test.shape);
    expect(labels).toEqual(test.labels);
    const names = described.kind === 'tabular' ? described.features.map(({ name }) => name) : [];
    await expect(loadScoringInputs('compas:test', { input: table(...names.toReversed()) })).rejects.toThrow(
      /has tabular inputs \[Two_yr_Recidivism, .*\]; the model takes \[Misdemeanor, .*\]/,
    );
  });
});

describe('--data DIR', () => {
  it('is a flat folder of images, without labels', async () => {
    const folder = await temporaryFolder();
    await writeImages(folder, { 'b.png': grey(2), 'a.png': grey(1) });
    const { name, input, labels } = await loadScoringInputs(folder, { input: images(3, 4) });
    expect([name, input.shape, labels]).toEqual([folder, [2, 1, 3, 4], undefined]);
    expect(input.data).toEqual(Float32Array.from([...pixelsOf(1, 12), ...pixelsOf(2, 12)], (byte) => byte / 255));
    expect((await loadScoringInputs(folder, { input: images(3, 4), limit: 1 })).input.shape).toEqual([1, 1, 3, 4]);
  });

  it('is labelled by its folders, where the classes of the model are known', async () => {
    const folder = await temporaryFolder();
    await writeImages(folder, { '1/a.png': grey(1), '0/b.png': grey(2), '0/c.png': grey(3) });
    const input = images(3, 4);
    const labelled = await loadScoringInputs(folder, { input, classes: ['1', '0'] });
    expect([...(labelled.labels as Int32Array)]).toEqual([1, 1, 0]);
    expect((await loadScoringInputs(folder, { input })).labels).toBeUndefined();
    await expect(loadScoringInputs(folder, { input, classes: ['1', '2'] })).rejects.toThrow(
      `${folder}: "0" is no class of the model; choose 1, 2`,
    );
  });

  it('is one part of a folder that has two', async () => {
    const folder = await temporaryFolder();
    await writeImages(folder, { 'train/0/a.png': grey(1), 'test/0/b.png': grey(2) });
    const options = { input: images(3, 4), classes: ['0', '1'] };
    await expect(loadScoringInputs(folder, options)).rejects.toThrow(`choose ${folder}/train or ${folder}/test`);
    expect((await loadScoringInputs(join(folder, 'test'), options)).labels).toEqual(Int32Array.of(0));
  });

  it('is for models of images', async () => {
    await expect(loadScoringInputs(await temporaryFolder(), { input: table('a') })).rejects.toThrow(
      'the model takes a table, name a CSV file',
    );
  });
});

describe('--data FILE', () => {
  const input = table('age', 'size');

  async function fileOf(...lines: string[]): Promise<string> {
    const path = join(await temporaryFolder(), 'rows.csv');
    await writeFile(path, lines.join('\n'));
    return path;
  }

  it('is a CSV file whose header names the features, in any order', async () => {
    const path = await fileOf('size,age', '1,2', '3,4.5');
    const { name, input: rows, labels } = await loadScoringInputs(path, { input });
    expect([name, rows.shape, [...rows.data], labels]).toEqual([path, [2, 2], [2, 1, 4.5, 3], undefined]);
    expect([...(await loadScoringInputs(path, { input, limit: 1 })).input.data]).toEqual([2, 1]);
  });

  it('may hold a column of labels', async () => {
    const path = await fileOf('label,size,age', 'yes,1,2', 'no,3,4');
    const labelled = await loadScoringInputs(path, { input, classes: ['no', 'yes'] });
    expect(labelled.labels).toEqual(Int32Array.of(1, 0));
    expect((await loadScoringInputs(path, { input })).labels).toBeUndefined();
    await expect(loadScoringInputs(path, { input, classes: ['no', 'maybe'] })).rejects.toThrow(
      '"yes" is no class of the model',
    );
  });

  it('must have every feature and no other column', async () => {
    await expect(loadScoringInputs(await fileOf('age,seize', '1,2'), { input })).rejects.toMatchObject({
      code: 'unsupported_input',
      message: expect.stringContaining('has no column size; has unknown columns seize; the model takes age, size, and'),
    });
  });

  it('must hold numbers', async () => {
    const path = await fileOf('age,size', '1,2', '1,?');
    await expect(loadScoringInputs(path, { input })).rejects.toMatchObject({
      code: 'invalid_features',
      message: `${path}: line 3, column "size": must be a decimal number within float32, got "?"`,
    });
  });

  it('is for models of tables', async () => {
    await expect(loadScoringInputs(await fileOf('a', '1'), { input: images(3, 4) })).rejects.toThrow(
      'the model takes images, name a folder',
    );
  });
});
