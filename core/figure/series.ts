import { argmax } from '../artefacts/explanation.ts';
import type { Manifest } from '../manifest.ts';
import type { Prediction } from '../predictor.ts';

/** A class whose contributions are drawn, one bar a concept. */
export interface Series {
  readonly label: string;
  /** `[K]`, logits */
  readonly values: readonly number[];
  readonly sum: number;
}

/** Contributions of every concept to one class: `[K]`, logits. */
export const contributionsTo = ({ contributions }: Pick<Prediction, 'contributions'>, c: number): number[] =>
  contributions.map((row) => row[c] as number);

/**
 * The class that a prediction is set beside, since one asks why this and not that: the one asked for; without one, or
 * where that is the predicted class itself, the likeliest other.
 */
function contrastIndex(classes: readonly string[], { index, logits }: Prediction, contrast?: string): number {
  const asked = contrast === undefined ? -1 : classes.indexOf(contrast);
  if (asked >= 0 && asked !== index) return asked;
  return argmax(logits.map((logit, c) => (c === index ? Number.NEGATIVE_INFINITY : logit)));
}

/** The predicted class, and the one that it is set beside. */
export function seriesOf({ classes }: Pick<Manifest, 'classes'>, prediction: Prediction, contrast?: string): Series[] {
  return [prediction.index, contrastIndex(classes, prediction, contrast)].map((c) => ({
    label: classes[c] as string,
    values: contributionsTo(prediction, c),
    sum: prediction.logits[c] as number,
  }));
}

/** The lowest and the highest of values that are drawn on one scale, and zero, where their bars begin. */
export function barDomain(...groups: readonly (readonly number[])[]): [lowest: number, highest: number] {
  const values = groups.flat();
  return [Math.min(0, ...values), Math.max(0, ...values)];
}
