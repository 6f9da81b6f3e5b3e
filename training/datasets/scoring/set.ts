import { SennError } from '../../../core/errors.ts';
import { inputShape, type Manifest } from '../../../core/manifest.ts';
import type { LabelledInputs } from '../../../core/metrics/evidence/training-concepts.ts';
import { spreadRows } from '../../../core/metrics/shared/spread.ts';
import { chooseInputs } from '../../../core/scoring/sample.ts';
import type { ScoringSource, SourceOptions } from '../../../core/scoring/source.ts';
import type { Split } from '../dataset.ts';
import type { Places } from '../files/places.ts';
import { type DatasetName, dataSchema, datasetNames, loadDataset } from '../index.ts';

/** A split of a data set that a configuration can name, as inputs to score. */

export const splitNames = ['train', 'test'] as const;
type SplitName = (typeof splitNames)[number];

/** The sets that need no option besides their name. */
export const namedSets: readonly DatasetName[] = datasetNames.filter((name) => dataSchema.safeParse({ name }).success);

/** What an input is, in the order of the model: its shape, or its features' names. */
const partsOf = (input: Manifest['input']): readonly (string | number)[] =>
  input.kind === 'image' ? inputShape({ input }) : input.features.map(({ name }) => name);

function checkSame(name: string, what: string, actual: readonly unknown[], expected: readonly unknown[]): void {
  if (actual.length === expected.length && actual.every((value, i) => value === expected[i])) return;
  throw new SennError(
    'unsupported_input',
    `data set ${name} has ${what} [${actual.join(', ')}]; the model takes [${expected.join(', ')}]`,
    { actual, expected },
  );
}

/** Inputs of the training split, for what is learned from them before others are scored. */
export function trainingInputs({ shape, labels, gather }: Split, most: number): LabelledInputs {
  const rows = spreadRows(labels.length, most);
  return {
    input: { shape: [rows.length, ...shape.slice(1)], data: gather(rows) },
    labels: rows.map((row) => labels[row] as number),
  };
}

/**
 * A set with its default options, from the first row of the split on; all of its inputs are usable.
 * @throws unsupported_input where the model takes other inputs, other features or the same in another order
 */
export async function setSource(
  set: DatasetName,
  splitName: SplitName,
  { input, classes, ...choice }: SourceOptions,
  places: Places,
): Promise<ScoringSource> {
  const name = `${set}:${splitName}`;
  const dataset = await loadDataset(dataSchema.parse({ name: set }), places);
  checkSame(name, `${dataset.input.kind} inputs`, partsOf(dataset.input), partsOf(input));
  if (classes !== undefined) checkSame(name, 'classes', dataset.classes, classes);
  const split = dataset[splitName];
  const shape = split.shape.slice(1);
  const { count, placeOf, ...chosen } = chooseInputs(split.labels.length, choice);
  const placesOf = (start: number, end: number) =>
    Int32Array.from({ length: end - start }, (_, i) => placeOf(start + i));
  const { factors } = dataset;
  return {
    name,
    count,
    ...chosen,
    shape,
    digest: dataset.sha256,
    labelled: true,
    read: async (start, end) => {
      const places = placesOf(start, end);
      return {
        rows: Int32Array.from(places, (_, i) => start + i),
        input: { shape: [places.length, ...shape], data: split.gather(places) },
        labels: places.map((place) => split.labels[place] as number),
        unusable: [],
      };
    },
    ...(splitName === 'train' ? {} : { training: async (most: number) => trainingInputs(dataset.train, most) }),
    ...(factors === undefined ? {} : { factors: { ...factors, values: factors.of(splitName, placesOf(0, count)) } }),
  };
}
