import { percent } from '../../core/format.ts';
import type { Manifest } from '../../core/manifest.ts';
import type { Prediction } from '../../core/predictor.ts';
import { COLOURS, fitted, textAt, textWidth } from './svg.ts';

const TOP_CLASSES = 3;
export const CLASS_LINE = 21;

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
    const style = i === 0 ? { size: 15, weight: 600 } : { fill: COLOURS.quiet };
    const share = percent(probability);
    return [
      textAt(x, y + i * CLASS_LINE, fitted(label, width - textWidth(share, style) - 8, style), style),
      textAt(x + width, y + i * CLASS_LINE, share, { ...style, anchor: 'end' }),
    ];
  });
}
