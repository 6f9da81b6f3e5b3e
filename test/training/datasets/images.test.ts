import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { prepareImage } from '../../../serve/images/prepare.ts';
import { images } from '../../../training/datasets/images/images.ts';
import { loadDataset } from '../../../training/datasets/index.ts';
import { expectClose } from '../../helpers/close.ts';
import { allRows, temporaryFolder } from './helpers.ts';
import { grey, pixelsOf, writeImages } from './image-files.ts';

const load = (path: string, more = {}) =>
  loadDataset(images.schema.parse({ name: 'images', path, height: 3, width: 4, channels: 1, ...more }));

/** Ten numbered images of `zebra` and ten of `ant`. */
async function animals(): Promise<string> {
  const folder = await temporaryFolder();
  const files = Array.from({ length: 20 }, (_, i) => [`${i < 10 ? 'zebra' : 'ant'}/${i + 10}.png`, grey(i)] as const);
  await writeImages(folder, Object.fromEntries(files));
  return folder;
}

describe('a folder of images by class', () => {
  it('has its folders as classes, in order, and a stratified fifth as its test set', async () => {
    const { classes, train, test, input } = await load(await animals());
    expect(classes).toEqual(['ant', 'zebra']);
    expect([train.shape, test.shape]).toEqual([
      [16, 1, 3, 4],
      [4, 1, 3, 4],
    ]);
    expect([...train.labels]).toEqual([...Array(8).fill(0), ...Array(8).fill(1)]);
    expect([...test.labels]).toEqual([0, 0, 1, 1]);
    expect(input).toEqual({ kind: 'image', channels: 1, height: 3, width: 4 });
  });

  it('gives images of its size exactly: byte / 255, each once', async () => {
    const { train, test } = await load(await animals());
    const values = [...train.gather(allRows(train)), ...test.gather(allRows(test))];
    const rows = Array.from({ length: 20 }, (_, i) => values.slice(12 * i, 12 * (i + 1)).join());
    const written = Array.from({ length: 20 }, (_, i) =>
      Float32Array.from(pixelsOf(i, 12), (byte) => byte / 255).join(),
    );
    expect(rows.sort()).toEqual(written.sort());
  });

  it('is the same for the same split seed, another for another', async () => {
    const folder = await animals();
    const test = async (splitSeed: number) => {
      const { test } = await load(folder, { splitSeed });
      return [...test.gather(allRows(test))].join();
    };
    expect(await test(1)).toBe(await test(1));
    expect(await test(1)).not.toBe(await test(2));
  });

  it('has a digest of names and bytes', async () => {
    const folder = await animals();
    const before = (await load(folder)).sha256;
    expect((await load(folder)).sha256).toBe(before);
    await writeImages(folder, { 'ant/25.png': grey(99) });
    expect((await load(folder)).sha256).not.toBe(before);
  });

  it('takes PNG, JPEG and WebP in colour, and passes over other and hidden files', async () => {
    const folder = await temporaryFolder();
    const image = { pixels: pixelsOf(1, 36), width: 4, height: 3, channels: 3 as const };
    await writeImages(folder, { 'a/1.png': image, 'a/2.jpg': image, 'b/3.webp': image, 'b/4.PNG': image });
    await writeFile(join(folder, 'a', 'readme.txt'), 'x');
    await writeFile(join(folder, '.DS_Store'), 'x');
    const { train, test } = await load(folder, { channels: 3, split: { by: 'random', test: 0.5 } });
    expect([train.shape, test.shape]).toEqual([
      [2, 3, 3, 4],
      [2, 3, 3, 4],
    ]);
    // the first of b is 3.webp or 4.PNG: both keep their values, planes one after the other
    const first = train.gather(Int32Array.of(1));
    const planes = [0, 1, 2].flatMap((c) =>
      Array.from({ length: 12 }, (_, i) => (image.pixels[3 * i + c] as number) / 255),
    );
    expect(first).toEqual(Float32Array.from(planes));
  });
});

describe('images of another size', () => {
  const input = { kind: 'image', channels: 1, height: 8, width: 8, foreground: 'light' } as const;

  it('are prepared as the server prepares them, rounded to bytes', async () => {
    const folder = await temporaryFolder();
    // a dark bar on light paper: swapped, framed and centred
    const pixels = Uint8Array.from({ length: 40 * 30 }, (_, i) =>
      i % 40 > 8 && i % 40 < 14 && i > 200 && i < 900 ? 10 : 245,
    );
    const bar = { pixels, width: 40, height: 30, channels: 1 as const };
    await writeImages(folder, { 'a/1.png': bar, 'a/2.png': bar, 'b/1.png': bar, 'b/2.png': bar });
    const { train } = await load(folder, {
      height: 8,
      width: 8,
      foreground: 'light',
      split: { by: 'random', test: 0.5 },
    });
    const served = await prepareImage(await readFile(join(folder, 'a', '1.png')), 'a', input, {
      invert: 'auto',
      maxPixels: 1e6,
    });
    expect(Math.max(...served.data)).toBeGreaterThan(0.9);
    expectClose(train.gather(Int32Array.of(0)), served.data, { absolute: 0.5 / 255 + 1e-6 });
  });
});

describe('a folder with parts of its own', () => {
  async function parts(): Promise<string> {
    const folder = await temporaryFolder();
    await writeImages(folder, {
      'train/a/1.png': grey(1),
      'train/b/2.png': grey(2),
      'train/b/3.png': grey(3),
      'test/b/4.png': grey(4),
    });
    return folder;
  }

  it('keeps them', async () => {
    const { train, test, classes } = await load(await parts());
    expect([classes, [...train.labels], [...test.labels]]).toEqual([['a', 'b'], [0, 1, 1], [1]]);
    expect(test.gather(Int32Array.of(0))).toEqual(Float32Array.from(pixelsOf(4, 12), (byte) => byte / 255));
  });

  it('takes no split', async () => {
    await expect(load(await parts(), { split: { by: 'random', test: 0.5 } })).rejects.toMatchObject({
      code: 'invalid_config',
      message: expect.stringContaining('data.split must be left out'),
    });
  });
});

describe('what is wrong with a folder is told with its path', () => {
  it('a corrupt file', async () => {
    const folder = await animals();
    const path = join(folder, 'ant', '25.png');
    await writeFile(path, (await readFile(path)).subarray(0, 60));
    await expect(load(folder)).rejects.toMatchObject({
      code: 'invalid_image',
      message: expect.stringContaining(`${path}: cannot be decoded: `),
    });
  });

  it('too many pixels, by the header', async () => {
    const folder = await animals();
    const path = join(folder, 'ant', '25.png');
    const wide = await sharp({ create: { width: 10_000, height: 5_001, channels: 3, background: 'red' } })
      .png()
      .toBuffer();
    await writeFile(path, wide);
    await expect(load(folder)).rejects.toThrow(`${path}: 10000 × 5001 = 50010000 pixels; at most 50000000 are decoded`);
  });

  it.each([
    ['nothing', [], 'holds no images'],
    ['images without classes', ['1.png'], 'must hold a folder of images for each class'],
    ['one class', ['a/1.png'], 'must hold two classes or more, got a'],
    ['a class without images', ['a/1.png', 'b/'], 'holds no images'],
  ])('%s', async (_, names, reason) => {
    const folder = await temporaryFolder();
    for (const name of names) {
      if (name.endsWith('/')) await mkdir(join(folder, name));
      else await writeImages(folder, { [name]: grey(1) });
    }
    await expect(load(folder)).rejects.toThrow(new RegExp(`^${folder}.*${reason}`));
  });

  it('no folder', async () => {
    await expect(load('/nowhere/images')).rejects.toThrow('/nowhere/images: cannot be read (ENOENT)');
  });
});
