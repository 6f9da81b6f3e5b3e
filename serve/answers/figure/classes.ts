import { percent } from '../../../core/format.ts';
import type { Manifest } from '../../../core/manifest.ts';
import type { Prediction } from '../../../core/predictor.ts';
import { COLOURS, fitted, textAt, textWidth } from './svg.ts';

const TOP_CLASSES = 3;
export const CLASS_LINE = 21;

const FIRST = { size: 15, weight: 600 } as const;
const AIR = 8;

/** What the likeliest classes take, so that the longest name of a class stands whole, within limits. */
export function classesWidth(
  classes: readonly string[],
  { least, most }: { readonly least: number; readonly most: number },
): number {
  const widest = Math.max(...classes.map((label) => textWidth(label, FIRST)));
  return Math.min(most, Math.max(least, Math.ceil(widest + AIR + textWidth('> 99.9 %', FIRST))));
}

/** The likeliest classes and their probabilities, the predicted one first. @param y baseline of the first line */
export function likeliestClasses(
  { classes }: Manifest,
  { probabilities }: Prediction,
  [x, width]: readonly [number, number],
  y: number,
): string[] {
  const likeliest = probabilities
    .map((probability, c) => ({ probability, label: classes[c] ?? String(c) }))
    .sort((a, b) => b.probability - a.probability)
    .slice(0, TOP_CLASSES);
  return likeliest.flatMap(({ label, probability }, i) => {
    const style = i === 0 ? FIRST : { fill: COLOURS.quiet };
    const share = percent(probability);
    return [
      textAt(x, y + i * CLASS_LINE, fitted(label, width - textWidth(share, style) - AIR, style), style),
      textAt(x + width, y + i * CLASS_LINE, share, { ...style, anchor: 'end' }),
    ];
  });
}
