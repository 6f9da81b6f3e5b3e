import { COLOURS } from '../../../core/figure/palette.ts';
import { barAt, barLabel } from '../../../core/figure/parts/bar.ts';
import { lineAt } from '../../../core/figure/svg.ts';
import { TEXT } from '../../../core/figure/text.ts';
import type { Block } from '../blocks.ts';

/** The bars of core/figure as a block, for figures that set several inputs side by side. */

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

/** Room for the figure at the end of the longest bar, in units of the text size: "+123.45". */
const LABEL = 4.2;

/** Horizontal bars from a common zero line, in the order of the values; to the right is for, to the left against. */
export function barsBlock(values: readonly number[], options: BarsOptions): Block {
  const { width, pitch, names, size = TEXT.body, domain } = options;
  const [lowest, highest] = domain;
  const room = { left: lowest < 0 ? LABEL * size : 0, right: LABEL * size };
  const unit = (width - room.left - room.right) / (highest - lowest || 1);
  const thickness = Math.min(22, pitch * 0.5);
  const height = values.length * pitch;
  return {
    width,
    height,
    draw: (x, y) => {
      const axis = x + room.left - lowest * unit;
      const bars = values.flatMap((value, i) => {
        const middle = y + (i + 0.5) * pitch;
        return [
          barAt(value, names[i] ?? String(i), { axis, unit }, middle, { thickness }),
          barLabel(value, { axis, unit }, middle, { size, air: 0.4 * size }),
        ];
      });
      return [...bars, lineAt([axis, y], [axis, y + height], COLOURS.quiet)];
    },
  };
}
