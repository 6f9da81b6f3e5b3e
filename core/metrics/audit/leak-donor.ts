import type { RandomStream } from '../../random.ts';
import { rowOf } from '../../tensor.ts';
import { defineMetric } from '../metric.ts';
import { noValue } from '../no-value.ts';
import { classOf, meanOf, rightOnes } from './decision.ts';

/** Whom does the decision follow, the concepts or the relevances? Asked by taking the two from inputs of different classes. */

declare module '../metric.ts' {
  interface MetricScopes {
    'leak.donor': 'set';
  }
}

/**
 * The concepts of an input x with the relevances of a donor x′ of another class: the share of inputs for which
 * Σ_k θ_k(x′)·h_k(x) gives the class of the donor. Relevances that decide by themselves take their class along; where
 * concepts carry the decision, the class stays that of x, and that share is the figure `own`. Neither counts what becomes
 * a third class. One donor an input, drawn from all inputs of other classes.
 *
 * No value where all inputs are of one class.
 */
export const leakDonor = defineMetric({
  name: 'leak.donor',
  needs: ['explanations', 'labels'],
  scope: 'set',
  direction: 'lower',
  range: [0, 1],
  sets: ['audit'],
  source: 'senn-onnx',
  cannotTell: 'whether a class that is neither came of the concepts or of the relevances',
  async measure({ explanations: { concepts, relevances }, labels }, { random }) {
    const donors = donorsOf(labels, random);
    if (donors === undefined) return noValue('all inputs are of one class, so there is no donor of another');
    const given = labels.map((_, n) => classOf(rowOf(concepts, n), rowOf(relevances, donors[n] as number)));
    const donated = labels.map((_, n) => labels[donors[n] as number] as number);
    const follows = (classes: Int32Array): number[] => rightOnes(classes, (n) => given[n] as number);
    const followed = follows(donated);
    return { value: meanOf(followed), figures: { own: meanOf(follows(labels)) }, terms: { of: followed } };
  },
});

/**
 * For each input another one of another class, each of those as likely as the next.
 * @param labels `[N]`
 * @returns `[N]`; `undefined` where there is one class alone
 */
export function donorsOf(labels: Int32Array, random: RandomStream): Int32Array | undefined {
  const order = Int32Array.from(labels.keys()).sort((a, b) => (labels[a] as number) - (labels[b] as number) || a - b);
  const counts = new Map<number, number>();
  for (const label of labels) counts.set(label, (counts.get(label) ?? 0) + 1);
  if (counts.size < 2) return undefined;
  const starts = new Map<number, number>();
  order.forEach((n, at) => {
    const label = labels[n] as number;
    if (!starts.has(label)) starts.set(label, at);
  });
  return labels.map((label) => {
    const own = counts.get(label) as number;
    const at = random.integer(labels.length - own);
    return order[at < (starts.get(label) as number) ? at : at + own] as number;
  });
}
