import { z } from 'zod';
import { SennError } from '../../core/errors.ts';
import { randomStream } from '../../core/random.ts';

/**
 * How the rows of a set without a test set of its own are parted.
 * `random` draws rows; `vector` keeps rows with equal inputs on one side, so that no test row has been seen in training.
 */
const choices = <By extends z.ZodType<'random' | 'vector'>>(by: By) =>
  z.union(
    [
      z.strictObject({ by, test: z.number().gt(0).lt(1) }),
      z
        .strictObject({ by, folds: z.int().min(2), fold: z.int().nonnegative() })
        .refine(({ folds, fold }) => fold < folds, { path: ['fold'], error: 'must be below folds' }),
    ],
    { error: 'must be { by, test: a share between 0 and 1 } or { by, folds: 2 or more, fold: 0 to folds − 1 }' },
  );

export const tableSplit = choices(z.enum(['random', 'vector']));
/** For sets whose inputs are too large to compare. */
export const randomSplit = choices(z.literal('random'));
export type SplitChoice = z.infer<typeof tableSplit>;

/** Seed of the split, and not of the run: so runs of different seeds are tested on the same rows. */
export const splitSeed = z.int().nonnegative().default(0);

/** Row indices, ascending; every row is in exactly one part. */
export interface Partition {
  readonly train: Int32Array;
  readonly test: Int32Array;
}

/** The test part as an interval of [0, 1): the folds of one seed tile it. */
function interval(choice: SplitChoice): readonly [from: number, to: number] {
  return 'folds' in choice ? [choice.fold / choice.folds, (choice.fold + 1) / choice.folds] : [0, choice.test];
}

/**
 * Parts rows into training and test, stratified: the units (rows, or groups of equal rows) of a class are laid end to
 * end on [0, 1) in a random order, each as long as its rows, and those whose middle lies in the test interval are the
 * test part. A group belongs to the class that most of its rows have.
 * @param labels `[N]`, class indices
 * @param groups `[N]`, for each row a number below N, the same for rows that must stay together; each its own if absent
 * @throws invalid_config where a part would be empty
 */
export function partition(
  choice: SplitChoice,
  seed: number,
  labels: Int32Array,
  groups: Int32Array | undefined = undefined,
): Partition {
  const rows = Int32Array.from(labels, (_, row) => row);
  const units = groups ?? rows;
  const { sizes, strata } = stratify(units, labels);
  const random = randomStream(seed);
  const [from, to] = interval(choice);
  const tested = new Uint8Array(labels.length);
  for (const stratum of strata) {
    const total = stratum.reduce((sum, unit) => sum + (sizes[unit] as number), 0);
    let before = 0;
    for (const at of random.permutation(stratum.length)) {
      const unit = stratum[at] as number;
      const size = sizes[unit] as number;
      const middle = (before + size / 2) / total;
      if (middle >= from && middle < to) tested[unit] = 1;
      before += size;
    }
  }
  const parts = {
    train: rows.filter((row) => tested[units[row] as number] === 0),
    test: rows.filter((row) => tested[units[row] as number] === 1),
  };
  if (parts.train.length === 0 || parts.test.length === 0) {
    throw new SennError(
      'invalid_config',
      `data.split: ${JSON.stringify(choice)} parts ${labels.length} rows into ${parts.train.length} for training and ${parts.test.length} for the test; neither may be empty`,
      { split: choice, train: parts.train.length, test: parts.test.length },
    );
  }
  return parts;
}

/** Rows of each unit, and the units of each class in order of their first rows. */
function stratify(units: Int32Array, labels: Int32Array): { sizes: Int32Array; strata: number[][] } {
  const classes = labels.reduce((most, label) => Math.max(most, label), 0) + 1;
  const votes = new Int32Array(units.length * classes);
  const sizes = new Int32Array(units.length);
  units.forEach((unit, row) => {
    sizes[unit] = (sizes[unit] as number) + 1;
    const vote = unit * classes + (labels[row] as number);
    votes[vote] = (votes[vote] as number) + 1;
  });
  const strata: number[][] = Array.from({ length: classes }, () => []);
  sizes.forEach((size, unit) => {
    if (size === 0) return;
    const own = votes.subarray(unit * classes, (unit + 1) * classes);
    const most = own.reduce((largest, count) => Math.max(largest, count), 0);
    (strata[own.indexOf(most)] as number[]).push(unit);
  });
  return { sizes, strata };
}
