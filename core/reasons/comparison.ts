import { argmax, type Explanation } from '../artefacts/explanation.ts';

/**
 * Why one class and not another: what each concept does to the difference of their scores, which concepts decide it, and
 * in which order they are told. Contributions sum to the logits, so their differences sum to the margin, exactly.
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
  /** `[K]`, indices of the concepts, largest |difference| first; of equals the first */
  readonly order: readonly number[];
  /** Indices of the concepts that decide, largest difference first. */
  readonly deciding: readonly number[];
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
  const order = [...differences.keys()].sort(
    (a, b) => Math.abs(differences[b] as number) - Math.abs(differences[a] as number) || a - b,
  );
  return {
    ahead: isFirst ? first : second,
    behind: isFirst ? second : first,
    differences,
    margin: sumOf(differences),
    order,
    deciding: decidingConcepts(differences),
  };
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
