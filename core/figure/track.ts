import { COLOURS } from './palette.ts';
import { element, lineAt } from './svg.ts';

/** Where a value lies in its range: a dot on a line. */

export const DOT = 3.5;

/**
 * What lies outside the range is put to its end.
 * @param y middle of the line
 */
export function trackAt(
  { x, y, width }: { readonly x: number; readonly y: number; readonly width: number },
  value: number,
  [low, high]: readonly [number, number],
  fill: string = COLOURS.quiet,
): string[] {
  const share = high > low ? Math.min(1, Math.max(0, (value - low) / (high - low))) : 0.5;
  const cx = x + DOT + share * (width - 2 * DOT);
  return [
    lineAt([x, y], [x + width, y], COLOURS.line, { 'stroke-width': 2 }),
    element('circle', { cx, cy: y, r: DOT, fill }),
  ];
}
