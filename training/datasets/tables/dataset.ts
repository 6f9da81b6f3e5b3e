import { quartilesOf } from '../../../core/attributions/lime/surroundings.ts';
import type { Manifest } from '../../../core/manifest.ts';
import { type Dataset, splitOf, subsetOf } from '../dataset.ts';
import { extent, fitScaling } from '../scaling.ts';
import { partition, type SplitChoice } from '../splits.ts';
import type { Feature } from './columns.ts';
import { type Table, vectorGroups } from './table.ts';

/** A data set out of a table: its rows split, its features described and scaled. */

type ManifestFeature = Extract<Manifest['input'], { kind: 'tabular' }>['features'][number];

/** Of a feature what explanations need of the training rows, and none of the rows. @param column its values there */
function describe({ name, unit, category, range }: Feature, column: Float64Array): ManifestFeature {
  const [low, high] = range ?? extent(column);
  const mean = column.reduce((sum, value) => sum + value, 0) / column.length;
  return {
    name,
    ...(unit !== undefined && { unit }),
    ...(category !== undefined && { category }),
    range: [low, high],
    mean,
    quartiles: quartilesOf(column),
  };
}

/** What is said of a table besides its cells. */
interface TableOptions {
  readonly split: SplitChoice;
  readonly splitSeed: number;
  /** Whether its rows are people. */
  readonly people?: boolean | undefined;
}

/**
 * A table parted into training and test rows. Ranges and scalings come from the training rows alone.
 * @throws invalid_config where a part would be empty
 */
export function tableDataset(
  name: string,
  table: Table,
  { split, splitSeed, people }: TableOptions,
  sha256: string,
): Dataset {
  const { features, classes, values, labels } = table;
  const F = features.length;
  const { train, test } = partition(split, splitSeed, labels, split.by === 'vector' ? vectorGroups(table) : undefined);
  const whole = splitOf({ shape: [labels.length, F], data: values }, labels);
  const columnOf = (f: number) => Float64Array.from(train, (row) => values[row * F + f] as number);
  return {
    name,
    input: { kind: 'tabular', features: features.map((feature, f) => describe(feature, columnOf(f))) },
    classes,
    train: subsetOf(whole, train),
    test: subsetOf(whole, test),
    scaling: fitScaling(
      values,
      train,
      features.map(({ scaling }) => scaling),
    ),
    ...(people && { people }),
    sha256,
  };
}
