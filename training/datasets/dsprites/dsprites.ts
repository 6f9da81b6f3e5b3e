import { z } from 'zod';
import { randomStream } from '../../../core/random.ts';
import { type Split, subsetOf } from '../dataset.ts';
import { defineDataset } from '../definition.ts';
import { partition, randomSplit, splitSeed } from '../splits.ts';
import { validation } from '../validation.ts';
import { type FactorName, factorNames, factorSizes, factorsOf, SPRITES } from './factors.ts';
import { generatedImages, IMAGE_SIDE } from './generated.ts';
import { officialImages } from './official.ts';
import { shapes } from './sprite.ts';

/**
 * dSprites (Matthey et al. 2017): 737,280 binary images `[N, 1, 64, 64]` of a square, an ellipse or a heart, one for
 * each combination of shape (the class), scale, orientation and position. Generated here, or read from the official
 * file, whose images stand in the same order.
 */
export const dsprites = defineDataset(
  z.strictObject({
    name: z.literal('dsprites'),
    /** The official `.npz`; generated when absent. */
    path: z.string().min(1).optional(),
    /** Share of all images that is used at all, drawn by `splitSeed`: for machines on which an epoch of all takes hours. */
    share: z.number().positive().max(1).default(1),
    split: randomSplit.default({ by: 'random', test: 0.1 }),
    splitSeed,
    validation,
  }),
  async ({ path, share, split, splitSeed: seed }) => {
    const images = path === undefined ? generatedImages() : await officialImages(path);
    const perShape = SPRITES / factorSizes.shape;
    const labels = Int32Array.from({ length: SPRITES }, (_, index) => Math.floor(index / perShape));
    const all: Split = { shape: [SPRITES, 1, IMAGE_SIDE, IMAGE_SIDE], labels, gather: images.gather };
    const used = randomStream(seed)
      .permutation(SPRITES)
      .subarray(0, Math.round(share * SPRITES))
      .toSorted();
    const whole = share === 1 ? all : subsetOf(all, used);
    const parts = partition(split, seed, whole.labels);
    return {
      name: 'dsprites',
      input: { kind: 'image', channels: 1, height: IMAGE_SIDE, width: IMAGE_SIDE },
      classes: shapes,
      train: subsetOf(whole, parts.train),
      test: subsetOf(whole, parts.test),
      factors: {
        names: factorNames,
        kinds: factorNames.map((name) => (name === 'shape' ? 'categorical' : 'ordinal')),
        sizes: Object.values(factorSizes),
        label: 'shape' satisfies FactorName,
        of: (part, rows) =>
          Int32Array.from(Array.from(rows, (row) => factorsOf(used[parts[part][row] as number] as number)).flat()),
      },
      sha256: images.sha256,
    };
  },
);
