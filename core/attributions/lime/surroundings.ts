import { SMALLEST_GROUP } from '../../concepts/schema.ts';
import type { TabularInput } from '../../tables/features.ts';
import type { Quartiles } from '../../tables/quartiles.ts';
import { batchSize, type Tensor } from '../../tensor.ts';

/** How the features of a table are distributed, a quarter at a time: what LIME draws rows from. */

/** Values between two quartiles. */
export interface Bin {
  readonly low: number;
  readonly high: number;
  readonly mean: number;
  /** Infinite where nothing but the ends is known: all values between them are then equally likely. */
  readonly deviation: number;
  /** Share of the training set. */
  readonly share: number;
}

export interface Surroundings {
  /** Upper ends of all bins but the last, rising: a value that equals one is in the lower bin. */
  readonly edges: readonly number[];
  readonly bins: readonly Bin[];
}

/** Which bin a value is in. */
export function binOf({ edges }: Surroundings, value: number): number {
  const bin = edges.findIndex((edge) => value <= edge);
  return bin === -1 ? edges.length : bin;
}

function describe(values: readonly number[], low: number, high: number, total: number): Bin {
  const count = values.length;
  const mean = count === 0 ? low + (high - low) / 2 : values.reduce((sum, value) => sum + value, 0) / count;
  const variance = count === 0 ? 0 : values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / count;
  return { low, high, mean, deviation: Math.sqrt(variance), share: count / total };
}

/** By linear interpolation, as numpy's default. @param sorted rising */
function quantileOf(sorted: Float64Array, q: number): number {
  const position = q * (sorted.length - 1);
  const below = Math.floor(position);
  const low = sorted[below] as number;
  return low + ((sorted[below + 1] ?? low) - low) * (position - below);
}

/** By the quartiles of a column, those that are equal once. @param column at least one value */
function ofColumn(column: Float64Array): Surroundings {
  const sorted = Float64Array.from(column).sort();
  const edges = [...new Set([0.25, 0.5, 0.75].map((q) => quantileOf(sorted, q)))];
  const members: number[][] = Array.from({ length: edges.length + 1 }, () => []);
  for (const value of column) members[binOf({ edges, bins: [] }, value)]?.push(value);
  const ends = [sorted[0] as number, ...edges, sorted.at(-1) as number];
  return {
    edges,
    bins: members.map((values, i) => describe(values, ends[i] as number, ends[i + 1] as number, column.length)),
  };
}

/** Quarters of a range of which nothing else is known. */
function ofRange([low, high]: readonly [number, number]): Surroundings {
  const ends = [0, 1, 2, 3, 4].map((i) => low + ((high - low) * i) / 4);
  return {
    edges: ends.slice(1, 4),
    bins: ends.slice(1).map((end, i) => {
      const start = ends[i] as number;
      return { low: start, high: end, mean: (start + end) / 2, deviation: Number.POSITIVE_INFINITY, share: 0.25 };
    }),
  };
}

/**
 * What a manifest keeps of a column, so that its rows are not needed any more. Of a quarter of few rows nothing but its share
 * is kept: what it tells would be of a few people.
 * @param column at least one value
 */
export function quartilesOf(column: Float64Array): Quartiles {
  const { edges, bins } = ofColumn(column);
  return {
    edges: [...edges],
    bins: bins.map(({ mean, deviation, share }) =>
      share * column.length < SMALLEST_GROUP - 0.5 ? { share } : { share, mean, deviation },
    ),
  };
}

/** What was kept; all values of a quarter of which nothing is known are equally likely. */
function ofKept({ edges, bins }: Quartiles, [low, high]: readonly [number, number]): Surroundings {
  const ends = [low, ...edges, high];
  return {
    edges,
    bins: bins.map(({ share, mean, deviation = Number.POSITIVE_INFINITY }, i) => {
      const [start, end] = [ends[i] as number, ends[i + 1] as number];
      return { low: start, high: end, mean: mean ?? start + (end - start) / 2, deviation, share };
    }),
  };
}

/** What the quarters of a table's features are of: the training set, as given or as kept, or only their ranges. */
export const areOfTrainingSet = ({ features }: TabularInput): boolean =>
  features.every(({ quartiles }) => quartiles !== undefined);

/**
 * The surroundings of every feature.
 * @param training `[M, F]` in the features' own units; where absent, what the manifest has kept of it, and where it has
 * nothing, the quarters of the feature's range stand for its quartiles
 * @returns `[F]`
 */
export function surroundingsOf(input: TabularInput, training: Tensor | undefined): Surroundings[] {
  const M = training === undefined ? 0 : batchSize(training);
  if (training === undefined || M === 0) {
    return input.features.map(({ range, quartiles }) =>
      quartiles === undefined ? ofRange(range) : ofKept(quartiles, range),
    );
  }
  const F = input.features.length;
  return input.features.map((_, f) =>
    ofColumn(Float64Array.from({ length: M }, (_, m) => training.data[m * F + f] as number)),
  );
}
