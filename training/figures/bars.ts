import { signed } from '../../core/format.ts';
import type { Block } from './blocks.ts';
import { element, textAt, tooltip } from './svg.ts';
import { COLOURS, TEXT } from './theme.ts';

export interface BarsOptions {
  readonly width: number;
  /** From one bar's middle to the next one's; the first lies half a pitch below the upper edge. */
  readonly pitch: number;
  /** Lowest and highest value that the width must hold, zero among them. */
  readonly domain: readonly [lowest: number, highest: number];
  /** What each bar belongs to, for the tooltip. */
  readonly names: readonly string[];
  /** Size of the figures at the ends of the bars. */
  readonly size?: number;
}

/** The domain of bars that are to be compared: from the lowest to the highest value, and zero. */
export function barDomain(...groups: readonly (readonly number[])[]): [lowest: number, highest: number] {
  const values = groups.flat();
  return [Math.min(0, ...values), Math.max(0, ...values)];
}

/** Room for the figure at the end of the longest bar, in units of the text size: "+123.45". */
const LABEL = 4.2;

/** Horizontal bars from a common zero line, in the order of the values; to the right is for, to the left against. */
export function barsBlock(values: readonly number[], options: BarsOptions): Block {
  const { width, pitch, names, size = TEXT.body, domain } = options;
  const [lowest, highest] = domain;
  const room = { left: lowest < 0 ? LABEL * size : 0, right: LABEL * size };
  const unit = (width - room.left - room.right) / (highest - lowest || 1);
  const zero = room.left - lowest * unit;
  const thickness = Math.min(22, pitch * 0.5);
  const height = values.length * pitch;
  return {
    width,
    height,
    draw: (x, y) => [
      ...values.flatMap((value, i) => {
        const middle = y + (i + 0.5) * pitch;
        const length = Math.abs(value) * unit;
        const [fill, direction] = value < 0 ? ([COLOURS.against, -1] as const) : ([COLOURS.for, 1] as const);
        const start = x + zero;
        const box = { x: value < 0 ? start - length : start, y: middle - thickness / 2, width: length };
        const name = `${names[i] ?? i}: ${signed(value)}`;
        return [
          element('rect', { ...box, height: thickness, fill }, tooltip(name)),
          textAt(start + direction * (length + 0.4 * size), middle + 0.36 * size, signed(value), {
            size,
            anchor: value < 0 ? 'end' : 'start',
          }),
        ];
      }),
      element('line', { x1: x + zero, y1: y, x2: x + zero, y2: y + height, stroke: COLOURS.quiet }),
    ],
  };
}
