import { argmax } from '../../artefacts/explanation.ts';

/**
 * 1 − softmax(logits)[c], summed over the other classes: it keeps its digits where the probability itself rounds to 1,
 * so a drop of p is taken as a difference of these.
 * @param logits `[C]`
 * @returns in [0, 1]
 */
export function complement(logits: ArrayLike<number>, c: number): number {
  const maximum = logits[argmax(logits)] as number;
  let others = 0;
  for (let i = 0; i < logits.length; i++) {
    if (i !== c) others += Math.exp((logits[i] as number) - maximum);
  }
  return others / (others + Math.exp((logits[c] as number) - maximum));
}
