import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Manifest } from '../../../core/manifest.ts';
import { compasSource } from '../../../training/datasets/compas.ts';
import { dataSchema, loadDataset } from '../../../training/datasets/index.ts';
import { openScoringSource } from '../../../training/datasets/scoring.ts';
import { isAtHand, temporaryFolder } from './helpers.ts';
import { grey, pixelsOf, writeImages } from './image-files.ts';

/** Every input of a set at once. */
async function loadScoringInputs(...given: Parameters<typeof openScoringSource>) {
  const { read, ...source } = await openScoringSource(...given);
  return { ...source, ...(await read(0, source.count)) };
}

const images = (height: number, width: number): Manifest['input'] => ({ kind: 'image', channels: 1, height, width });
const table = (...names: string[]): Manifest['input'] => ({
  kind: 'tabular',
  features: names.map((name) => ({ name, range: [0, 1] })),
});

describe('--data SET:SPLIT', () => {
  const digits = { input: images(28, 28) };

  it('is the split in its order, as many as asked for', async () => {
    const { name, input, labels } = await loadScoringInputs('mnist:test', { ...digits, first: 3 });
    expect([name, input.shape, [...(labels as Int32Array)]]).toEqual(['mnist:test', [3, 1, 28, 28], [7, 2, 1]]);
    const { test } = await loadDataset({ name: 'mnist', validation: 0 });
    expect(input.data).toEqual(test.gather(Int32Array.of(0, 1, 2)));
  });

  it('knows the factors behind each input, where the set does', async () => {
    const { factors, labels } = await loadScoringInputs('dsprites:test', { input: images(64, 64), first: 5 });
    const F = factors?.names.length ?? 0;
    expect(factors?.values).toHaveLength(5 * F);
    const shapes = Array.from({ length: 5 }, (_, n) => factors?.values[n * F + factors.names.indexOf('shape')]);
    expect(shapes).toEqual([...(labels as Int32Array)]);
    expect(await loadScoringInputs('mnist:test', { ...digits, first: 1 })).not.toHaveProperty('factors');
  });

  it('brings the training split along for what is learned from it first, evenly spread, unless it is that itself', async () => {
    const { training } = await loadScoringInputs('mnist:test', { ...digits, first: 1 });
    const { input, labels } = await (training as NonNullable<typeof training>)(3);
    const { train } = await loadDataset({ name: 'mnist', validation: 0 });
    expect(input).toEqual({ shape: [3, 1, 28, 28], data: train.gather(Int32Array.of(0, 20_000, 40_000)) });
    expect([...labels]).toEqual([0, 20_000, 40_000].map((row) => train.labels[row]));
    expect(await loadScoringInputs('mnist:train', { ...digits, first: 1 })).not.toHaveProperty('training');
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
      /^unknown data set ".*"; choose SET:train or SET:test with SET one of abalone, .*compas, dsprites, ionosphere, mnist, .*, or name a folder of images or a .csv, .ndjson, .parquet, .zip or .npz file($|; did)/,
    );
    expect(message.split('; did you mean ')[1]).toBe(meant && `"${meant}"?`);
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
    expect((await loadScoringInputs(folder, { input: images(3, 4), first: 1 })).input.shape).toEqual([1, 1, 3, 4]);
  });

  it('is labelled by its folders, where the classes of the model are known', async () => {
    const folder = await temporaryFolder();
    await writeImages(folder, { '1/a.png': grey(1), '0/b.png': grey(2), '0/c.png': grey(3) });
    const input = images(3, 4);
    const labelled = await loadScoringInputs(folder, { input, classes: ['1', '0'] });
    expect([...(labelled.labels as Int32Array)]).toEqual([1, 1, 0]);
    expect((await loadScoringInputs(folder, { input })).labels).toBeUndefined();
    const { rows, labels, unusable } = await loadScoringInputs(folder, { input, classes: ['1', '2'] });
    expect([[...rows], [...(labels as Int32Array)]]).toEqual([[2], [0]]);
    const reason = 'its label "0"; it must be one of 1, 2';
    expect(unusable).toEqual([
      { index: 0, where: '0/b.png', reason },
      { index: 1, where: '0/c.png', reason },
    ]);
  });

  it('is labelled by labels.csv, and scored without the images that cannot be decoded', async () => {
    const folder = await temporaryFolder();
    await writeImages(folder, { 'a.png': grey(1), 'c.png': grey(3) });
    await writeFile(join(folder, 'b.png'), 'no image');
    await writeFile(join(folder, 'labels.csv'), 'file,label\na.png,x\nb.png,x\n');
    const { labels, unusable } = await loadScoringInputs(folder, { input: images(3, 4), classes: ['w', 'x'] });
    expect([...(labels as Int32Array)]).toEqual([1]);
    expect(unusable).toEqual([
      { index: 1, where: 'b.png', reason: expect.stringContaining('cannot be decoded') },
      { index: 2, where: 'c.png', reason: 'its label is missing; it must be one of w, x' },
    ]);
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
      'the model takes a table, name a file',
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
    expect([...(await loadScoringInputs(path, { input, first: 1 })).input.data]).toEqual([2, 1]);
  });

  it('may hold a column of labels', async () => {
    const path = await fileOf('label,size,age', 'yes,1,2', 'no,3,4');
    const labelled = await loadScoringInputs(path, { input, classes: ['no', 'yes'] });
    expect(labelled.labels).toEqual(Int32Array.of(1, 0));
    expect((await loadScoringInputs(path, { input })).labels).toBeUndefined();
    const { rows, unusable } = await loadScoringInputs(path, { input, classes: ['no', 'maybe'] });
    expect([[...rows], unusable]).toEqual([
      [1],
      [{ index: 0, where: `${path}, record 1`, reason: 'its label "yes"; it must be one of no, maybe' }],
    ]);
  });

  it('must have every feature and no other column', async () => {
    await expect(loadScoringInputs(await fileOf('age,seize', '1,2'), { input })).rejects.toMatchObject({
      code: 'unsupported_input',
      message: expect.stringContaining('has no column size; has unknown columns seize; the model takes age, size, and'),
    });
  });

  it('is scored without the rows that are not of numbers, or too short', async () => {
    const path = await fileOf('age,size', '1,2', '1,?', '3', 'NaN,1', '1e39,1', '5,6');
    const { rows, input: scored, unusable } = await loadScoringInputs(path, { input });
    expect([[...rows], [...scored.data]]).toEqual([
      [0, 5],
      [1, 2, 5, 6],
    ]);
    expect(unusable.map(({ index, reason }) => [index, reason])).toEqual([
      [1, 'column "size" must be a decimal number within float32, got "?"'],
      [2, 'has 1 cells; it must have the 2 that the header names'],
      [3, 'column "age" must be a decimal number within float32, got "NaN"'],
      [4, 'column "age" must be a decimal number within float32, got "1e39"'],
    ]);
  });

  it('is read a part at a time: any part is what it is of the whole, quotes, line breaks and a byte order mark or not', async () => {
    const line = (i: number): string =>
      i % 3 === 0 ? `"${i}",${i},"a\n""b"` : `${i},${i},c${i % 5 === 0 ? '\r\n' : ''}`;
    const path = await fileOf('\ufeffage,size,label', ...Array.from({ length: 700 }, (_, i) => line(i)));
    const source = await openScoringSource(path, { input });
    expect(source.count).toBe(700);
    for (const [start, end] of [
      [0, 3],
      [250, 262],
      [511, 514],
      [690, 700],
    ] as const) {
      const { rows, input: part } = await source.read(start, end);
      expect([...rows]).toEqual(Array.from({ length: end - start }, (_, i) => start + i));
      expect([...part.data]).toEqual([...rows].flatMap((row) => [row, row]));
    }
  });

  it('is NDJSON by its ending: features by name, or as /predict takes them', async () => {
    const path = join(await temporaryFolder(), 'rows.ndjson');
    const rows = [
      { age: 1, size: 2, label: 'yes' },
      { features: { size: 4, age: 3 }, label: 'no' },
      { age: 5, label: 'no' },
      [1],
      { age: 1, size: 2, label: 'maybe' },
    ];
    await writeFile(path, `${rows.map((row) => JSON.stringify(row)).join('\n')}\n\n{torn`);
    const { count, input: scored, labels, unusable } = await loadScoringInputs(path, { input, classes: ['no', 'yes'] });
    expect([count, [...scored.data], [...(labels as Int32Array)]]).toEqual([6, [1, 2, 3, 4], [1, 0]]);
    expect(unusable.map(({ index, reason }) => [index, reason])).toEqual([
      [2, 'feature "size" must be a number, got nothing'],
      [3, 'must be a JSON object'],
      [4, 'its label "maybe"; it must be one of no, yes'],
      [5, 'must be a JSON object'],
    ]);
    await writeFile(path, '{"length": 1}');
    await expect(openScoringSource(path, { input })).rejects.toThrow(
      'its first line has length; the model takes age, size',
    );
  });

  it('is an .npz of x and y, made by NumPy: bytes of images are 255ths', async () => {
    const path = join(import.meta.dirname, 'scored.npz');
    const options = { input: images(2, 2), classes: ['a', 'b'] };
    const { input: scored, labels, unusable } = await loadScoringInputs(path, options);
    expect([scored.shape, [...(labels as Int32Array)]]).toEqual([
      [2, 1, 2, 2],
      [1, 0],
    ]);
    expect([...scored.data]).toEqual(Array.from({ length: 8 }, (_, i) => Math.fround(Math.min(255, i * 36) / 255)));
    expect(unusable).toEqual([
      { index: 2, where: `${path}, input 2`, reason: 'its label "index 7"; it must be one of a, b' },
    ]);
    await expect(loadScoringInputs(path, { input: images(3, 2) })).rejects.toThrow(
      'x is [3, 2, 2]; the model takes [inputs, 1, 3, 2]',
    );
  });

  it('is for models of tables', async () => {
    await expect(loadScoringInputs(await fileOf('a', '1'), { input: images(3, 4) })).rejects.toThrow(
      'the model takes images, name a folder',
    );
  });
});
