import { argmax, logitsOf } from '../../artefacts/explanation.ts';

/** How often a decision is right that is put together from concepts and relevances of different inputs. */

/** The class that these concepts are given by these relevances: that of the largest logit, the first of equals. */
export const classOf = (h: Float32Array, theta: Float32Array): number => argmax(logitsOf(h, theta));

/** 1 for each input of which `decide` gives the label, 0 for the others. @param labels `[N]` @returns `[N]` */
export const rightOnes = (labels: Int32Array, decide: (n: number) => number): number[] =>
  Array.from(labels, (label, n) => (decide(n) === label ? 1 : 0));

/** @param values `[N]`, N ≥ 1 */
export const meanOf = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

/** Share of inputs of which `decide` gives the label. @param labels `[N]`, N ≥ 1 */
export const shareRight = (labels: Int32Array, decide: (n: number) => number): number =>
  meanOf(rightOnes(labels, decide));

/** The accuracy of the model itself. @param predicted `[N]` */
export const accuracyOf = (labels: Int32Array, predicted: Int32Array): number =>
  shareRight(labels, (n) => predicted[n] as number);

const countsOf = (classes: Int32Array): Map<number, number> => {
  const counts = new Map<number, number>();
  for (const c of classes) counts.set(c, (counts.get(c) ?? 0) + 1);
  return counts;
};

/** Σ_c P(y = c)·P(ŷ = c): how often two draws that know nothing of each other agree. @param a, b `[N]` classes */
export function chanceAgreement(a: Int32Array, b: Int32Array): number {
  const counts = countsOf(a);
  let sum = 0;
  for (const c of b) sum += counts.get(c) ?? 0;
  return sum / (a.length * b.length);
}

/** The share of the most frequent class: what always the same answer would have right. @param labels `[N]` */
export const chanceOf = (labels: Int32Array): number => Math.max(...countsOf(labels).values()) / labels.length;
