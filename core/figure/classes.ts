import type { Prediction } from '../predictor.ts';
import { percent } from '../text/format.ts';
import { COLOURS } from './palette.ts';
import { textAt } from './svg.ts';
import { BOLD, clampedWidth, fitted, textWidth } from './text.ts';

/** The likeliest classes of a prediction, beside its input. */

const TOP_CLASSES = 3;
const CLASS_LINE = 21;
export const CLASSES_HEIGHT = TOP_CLASSES * CLASS_LINE;

const FIRST = { size: 15, weight: BOLD } as const;
const AIR = 8;

/** What the likeliest classes take, so that the longest name of a class stands whole, within limits. */
export function classesWidth(
  classes: readonly string[],
  { least, most }: { readonly least: number; readonly most: number },
): number {
  const beside = AIR + textWidth('> 99.9 %', FIRST);
  const room = clampedWidth(classes, FIRST, { least: least - beside, most: most - beside });
  return Math.min(most, Math.max(least, Math.ceil(room + beside)));
}

/** Class indices, the likeliest first; of equals the first. */
export const likeliest = ({ probabilities }: Pick<Prediction, 'probabilities'>): number[] =>
  [...probabilities.keys()].sort((a, b) => (probabilities[b] as number) - (probabilities[a] as number) || a - b);

/** The likeliest classes and their probabilities, the predicted one first. @param y baseline of the first line */
export function likeliestClasses(
  classes: readonly string[],
  prediction: Prediction,
  { x, y, width }: { readonly x: number; readonly y: number; readonly width: number },
): string[] {
  return likeliest(prediction)
    .slice(0, TOP_CLASSES)
    .flatMap((c, i) => {
      const style = i === 0 ? FIRST : { fill: COLOURS.quiet };
      const share = percent(prediction.probabilities[c] as number);
      const room = width - textWidth(share, style) - AIR;
      return [
        textAt(x, y + i * CLASS_LINE, fitted(classes[c] ?? String(c), room, style), style),
        textAt(x + width, y + i * CLASS_LINE, share, { ...style, anchor: 'end' }),
      ];
    });
}
