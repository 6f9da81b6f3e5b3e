import { argmax, type Explanation } from '../artefacts/explanation.ts';

/**
 * Why one class and not another: what each concept does to the difference of their scores, which concepts decide it, in
 * which order they are told, and which are too small to be told one by one. Contributions sum to the logits, so their
 * differences sum to the margin, exactly.
 */

/** Two classes of one prediction, set beside each other. K concepts. */
export interface Comparison {
  /** Index of the class whose logit is higher; of equals the one that was named first. */
  readonly ahead: number;
  readonly behind: number;
  /** `[K]`, logits: contribution to `ahead` less that to `behind`; above 0 it speaks for `ahead`, below 0 for `behind` */
  readonly differences: readonly number[];
  /** Logits, at least 0: the sum of the differences. */
  readonly margin: number;
  /** `[K]`, indices of the concepts: those that decide first, then by |difference|, the largest first; of equals the first */
  readonly order: readonly number[];
  /** Indices of the concepts that decide, largest difference first. */
  readonly deciding: readonly number[];
  /** Indices of the concepts that hardly matter, which are the last of `order`: shown as one until somebody asks. */
  readonly folded: readonly number[];
}

/** So many rows at most are taken in at a glance, and stay as they are: of a table each is a feature that somebody knows. */
const FEW = 6;
/** What concepts that are shown as one may come to: together of the sum of all |differences|, and each of the largest. */
const FOLDED = { together: 0.1, each: 0.2 } as const;

/**
 * The concepts that hardly matter between two classes: the last of the order, as many as together stay under a tenth of the
 * sum of |differences|, each under a fifth of the largest; none that decides; none where
 * there are few concepts at all, and none where it would be one alone, which takes as much room by itself.
 * @param differences `[K]`, logits @param order `[K]`, those that decide first
 * @returns indices, in the order
 */
function foldedConcepts(
  differences: readonly number[],
  order: readonly number[],
  deciding: readonly number[],
): readonly number[] {
  if (order.length <= FEW) return [];
  const sizes = differences.map(Math.abs);
  const room = FOLDED.together * sumOf(sizes);
  const most = FOLDED.each * Math.max(...sizes);
  let [first, sum] = [order.length, 0];
  while (first > deciding.length) {
    const size = sizes[order[first - 1] as number] as number;
    sum += size;
    if (sum >= room || size >= most) break;
    first--;
  }
  return order.length - first < 2 ? [] : order.slice(first);
}

/**
 * The concepts that decide between two classes: the fewest without whose contributions the class that is ahead would be
 * ahead no longer. A concept that speaks for the other class can only widen the margin when it goes, so they are the
 * largest positive differences, as many as together reach the margin.
 * @param differences `[K]`, logits, whose sum is at least 0
 * @returns indices, largest difference first; none where the margin is 0, and never one whose difference is 0 or less
 */
export function decidingConcepts(differences: readonly number[]): number[] {
  const speaking = [...differences.keys()]
    .filter((k) => (differences[k] as number) > 0)
    .sort((a, b) => (differences[b] as number) - (differences[a] as number) || a - b);
  let left = sumOf(differences);
  const deciding: number[] = [];
  for (const k of speaking) {
    if (left <= 0) break;
    deciding.push(k);
    left -= differences[k] as number;
  }
  return deciding;
}

const sumOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);

/** @param first index of a class @param second of another one; which of the two is ahead is for their logits to say */
export function compareClasses(
  { contributions }: Pick<Explanation, 'contributions'>,
  first: number,
  second: number,
): Comparison {
  const between = contributions.map((row) => (row[first] as number) - (row[second] as number));
  const isFirst = sumOf(between) >= 0;
  const differences = isFirst ? between : between.map((value) => -value);
  const deciding = decidingConcepts(differences);
  const others = [...differences.keys()]
    .filter((k) => !deciding.includes(k))
    .sort((a, b) => Math.abs(differences[b] as number) - Math.abs(differences[a] as number) || a - b);
  const order = [...deciding, ...others];
  return {
    ahead: isFirst ? first : second,
    behind: isFirst ? second : first,
    differences,
    margin: sumOf(differences),
    order,
    deciding,
    folded: foldedConcepts(differences, order, deciding),
  };
}

/**
 * What concepts that were moved do between the same two classes: rows, and what decides, stay as they were for the input,
 * so that nothing jumps while a hand moves them, and the margin may fall below 0.
 */
export function afterMove(comparison: Comparison, { contributions }: Pick<Explanation, 'contributions'>): Comparison {
  const { ahead, behind } = comparison;
  const differences = contributions.map((row) => (row[ahead] as number) - (row[behind] as number));
  return { ...comparison, differences, margin: sumOf(differences) };
}

/** The likeliest class besides class `index`; of equals the first. */
export const runnerUp = ({ logits }: Pick<Explanation, 'logits'>, index: number): number =>
  argmax(logits.map((logit, c) => (c === index ? Number.NEGATIVE_INFINITY : logit)));

/**
 * The predicted class and the one that it is set beside, since one asks why this and not that: the class `contrast`;
 * without one, or where that is predicted itself, the runner-up.
 * @param contrast index of a class
 */
export function compareWith(
  prediction: Pick<Explanation, 'contributions' | 'logits'> & { readonly index: number },
  contrast?: number,
): Comparison {
  const { index } = prediction;
  const other = contrast === undefined || contrast === index ? runnerUp(prediction, index) : contrast;
  return compareClasses(prediction, index, other);
}
