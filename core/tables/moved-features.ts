import type { Traversal } from '../predictor.ts';
import { batchSize, rowOf, type Tensor } from '../tensor.ts';
import { quantity } from '../text/format.ts';
import type { TabularInput } from './features.ts';
import { shortestDecimal } from './float32.ts';

/** What a concept means in a table: the features that the decoder moves when the concept is moved. */

/** A feature that follows a concept, at the two ends of its traversal, in the feature's unit. */
export interface MovedFeature {
  /** Index in the manifest. */
  readonly feature: number;
  readonly from: number;
  readonly to: number;
}

/** Share of a feature's range below which it does not count as moved. */
const STILL = 0.005;

/**
 * The features that a table's traversal moves from its first step to its last, those first that move through most of
 * their range; a feature whose range is a point counts by what it moves. A constant concept moves none.
 * @param traversal whose `decoded` is `[S, F]`, in the features' own units
 */
export function movedFeatures({ decoded }: Traversal, { features }: Pick<TabularInput, 'features'>): MovedFeature[] {
  const [S = 0] = decoded.shape;
  const [first, last] = [rowOf(decoded, 0), rowOf(decoded, S - 1)];
  return features
    .map(({ range: [low, high] }, feature) => {
      const [from, to] = [first[feature] as number, last[feature] as number];
      return { feature, from, to, share: Math.abs(to - from) / (high - low || 1) };
    })
    .filter(({ share }) => share > STILL)
    .sort((a, b) => b.share - a.share)
    .map(({ feature, from, to }) => ({ feature, from, to }));
}

/** The most features that are named for one concept. */
const MOST_TOLD = 2;

/**
 * The ranges of the most moved features among a concept's prototypes, one line a feature: `age 62 to 68 years`.
 * @param prototypes `[P, F]`, in the features' own units
 */
export function prototypeLines(
  traversal: Traversal,
  prototypes: Tensor,
  input: Pick<TabularInput, 'features'>,
): string[] {
  const P = batchSize(prototypes);
  if (P === 0) return [];
  return movedFeatures(traversal, input)
    .slice(0, MOST_TOLD)
    .map(({ feature }) => {
      const { name, unit } = input.features[feature] as TabularInput['features'][number];
      const values = Array.from({ length: P }, (_, p) => rowOf(prototypes, p)[feature] as number);
      const [low, high] = [Math.min(...values), Math.max(...values)].map(shortestDecimal) as [number, number];
      return `${name} ${low === high ? '' : `${quantity(low)} to `}${quantity(high, unit)}`;
    });
}

/** The most moved features from the first step to the last, one line a feature: `age 21.6 → 36.6 years`. */
export function movedLines(traversal: Traversal, input: Pick<TabularInput, 'features'>): string[] {
  return movedFeatures(traversal, input)
    .slice(0, MOST_TOLD)
    .map(({ feature, from, to }) => {
      const { name, unit } = input.features[feature] as TabularInput['features'][number];
      return `${name} ${quantity(from)} → ${quantity(to, unit)}`;
    });
}
