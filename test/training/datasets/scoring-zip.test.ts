import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Manifest } from '../../../core/manifest.ts';
import { openScoringSource } from '../../../training/datasets/scoring.ts';
import { temporaryFolder } from './helpers.ts';
import { grey, writeImages } from './image-files.ts';
import { type ZippedFile, zipOf } from './zip-file.ts';

const input: Manifest['input'] = { kind: 'image', channels: 1, height: 3, width: 4 };
const classes = ['0', '1'];

/** Images of a folder, by their names in it. */
async function pngs(...names: readonly string[]): Promise<{ folder: string; files: ZippedFile[] }> {
  const folder = await temporaryFolder();
  await writeImages(folder, Object.fromEntries(names.map((name, i) => [name, grey(i)])));
  const files = await Promise.all(names.map(async (name) => ({ name, bytes: await readFile(join(folder, name)) })));
  return { folder, files };
}

async function written(files: readonly ZippedFile[]): Promise<string> {
  const path = join(await temporaryFolder(), 'images.zip');
  await writeFile(path, zipOf(files));
  return path;
}

async function load(path: string, options: object = { classes }) {
  const source = await openScoringSource(path, { input, ...options });
  try {
    return { source, ...(await source.read(0, source.count)) };
  } finally {
    await source.close?.();
  }
}

const within = (folder: string, files: readonly ZippedFile[]): ZippedFile[] =>
  files.map((file) => ({ ...file, name: `${folder}/${file.name}` }));
const textFile = (name: string, text = 'no image'): ZippedFile => ({ name, bytes: Buffer.from(text) });

describe('--data FILE.zip', () => {
  it('is what the folder is that it was made of, whatever its order, within a folder or not', async () => {
    const { folder, files } = await pngs('1/b.png', '0/c.png', '1/a.jpg', '0/a.webp');
    const { source, input: expected, labels } = await load(folder);
    expect([...(labels as Int32Array)]).toEqual([0, 0, 1, 1]);
    const odds = [textFile('__MACOSX/0/._c.png'), textFile('.DS_Store'), textFile('0/notes.txt'), textFile('0/')];
    for (const zipped of [
      files,
      [...odds, ...files.toReversed()],
      [textFile('README'), ...within('my images', files)],
    ]) {
      const found = await load(await written(zipped));
      expect([found.input, found.labels, found.unusable]).toEqual([expected, labels, []]);
      expect([found.source.count, found.source.labelled]).toEqual([source.count, true]);
      expect(found.source.digest).toMatch(/^[0-9a-f]{64}$/);
    }
  });

  it('may be flat, with a labels.csv, within a folder that is no class', async () => {
    const { files } = await pngs('a.png', 'b.png');
    const labels = textFile('labels.csv', 'file,label\na.png,1\nb.png,0\n');
    expect((await load(await written(files))).source.labelled).toBe(false);
    expect((await load(await written(within('test set', files)))).source.labelled).toBe(false);
    expect((await load(await written(within('1', files)))).labels).toEqual(Int32Array.of(1, 1));
    for (const zipped of [[...files, labels], within('test set', [labels, ...files])]) {
      expect((await load(await written(zipped))).labels).toEqual(Int32Array.of(1, 0));
    }
  });

  it('is scored without what does not decode, is torn, encrypted or of no class', async () => {
    const { files } = await pngs('0/a.png', '0/b.png', '0/c.png', '0/d.png', 'x/e.png');
    const [a, b, c, d, e] = files as [ZippedFile, ZippedFile, ZippedFile, ZippedFile, ZippedFile];
    const zipped = [
      a,
      { ...b, says: { checksum: 7 } },
      { ...c, says: { flags: 0x801 } },
      { ...d, says: { size: 2 ** 20 } },
      textFile('1/f.png'),
      e,
    ];
    const { rows, unusable } = await load(await written(zipped), { classes: ['0', '1', 'y'] });
    expect([...rows]).toEqual([0]);
    expect(unusable.map(({ index, where }) => `${index} ${where}`)).toEqual([
      '1 0/b.png',
      '2 0/c.png',
      '3 0/d.png',
      '4 1/f.png',
      '5 x/e.png',
    ]);
    expect(unusable.map(({ reason }) => reason)).toEqual([
      'cannot be unpacked: its checksum is another',
      'is encrypted',
      expect.stringMatching(/^cannot be unpacked: not enough bytes/),
      expect.stringMatching(/^cannot be decoded/),
      'its label "x"; it must be one of 0, 1, y',
    ]);
  });

  it('is refused before any work where it unpacks to too much, or to more than it says', async () => {
    const zeros = { name: 'a.png', bytes: Buffer.alloc(2 ** 20) };
    const many = Array.from({ length: 80 }, (_, i) => ({ ...zeros, name: `${i}.png` }));
    await expect(load(await written(many))).rejects.toMatchObject({
      code: 'missing_data',
      message: expect.stringContaining('unpacks to more than'),
    });
    const { unusable } = await load(await written([{ ...zeros, says: { size: 1000 } }]), {});
    expect(unusable[0]?.reason).toMatch(/^cannot be unpacked: too many bytes/);
  });

  it.each([
    ['no zip', Buffer.from('x'), /cannot be read as a zip/],
    ['a path out of it', zipOf([textFile('../../etc/a.png')]), /cannot be read as a zip: invalid relative path/],
    ['a path of the disk', zipOf([textFile('/etc/a.png')]), /cannot be read as a zip: absolute path/],
    ['the same name twice', zipOf([textFile('a.png'), textFile('a.png')]), /has "a.png" twice/],
    ['no images', zipOf([textFile('a.txt')]), /holds no images/],
    ['two parts', zipOf([textFile('train/0/a.png'), textFile('test/0/a.png')]), /holds two parts; choose one of/],
  ])('refuses %s', async (_, bytes, message) => {
    const path = join(await temporaryFolder(), 'bad.zip');
    await writeFile(path, bytes);
    await expect(load(path)).rejects.toThrow(message);
  });

  it('is read as .npz where NumPy wrote it, and is for models of images', async () => {
    const path = join(await temporaryFolder(), 'arrays.zip');
    await writeFile(path, await readFile(join(import.meta.dirname, 'scored.npz')));
    const square: Manifest['input'] = { kind: 'image', channels: 1, height: 2, width: 2 };
    expect((await load(path, { input: square })).source.shape).toEqual([1, 2, 2]);
    const table: Manifest['input'] = { kind: 'tabular', features: [{ name: 'a', range: [0, 1] }] };
    const { files } = await pngs('a.png');
    await expect(openScoringSource(await written(files), { input: table })).rejects.toThrow(
      'is a zip of images; the model takes a table',
    );
  });
});
