import { signed } from '../../../core/format.ts';
import { type Frame, HEADER_LINE } from './layout.ts';
import type { Series } from './series.ts';
import { COLOURS, fitted, lineAt, rectangleAt, textAt, textWidth } from './svg.ts';

/** Room for the figure at the end of the longest bar. */
const FIGURE_WIDTH = 52;
/** How much of its colour the bar of the class keeps, in the order of the series. */
const OPACITY = [1, 0.4] as const;
/** From the middle of a line of text down to its baseline, as a share of its size. */
const BASELINE = 4.5 / 13;
/** Of the key to the bars: one half against the class, one for it, as the bars to the left and to the right. */
const SWATCH = { width: 7, height: 10, air: 7 } as const;
/** Of a bar: at most, and as a share of its row. */
const THICKNESS = { most: 15, share: 0.4 } as const;

const KEY = { size: 12, fill: COLOURS.quiet } as const;
const KEY_INDENT = 2 * SWATCH.width + SWATCH.air;

const titled = (label: string, sum: string): string => `contribution to “${label}”, sum ${sum}`;

/** What the bars take, so that the longest name of a class stands whole over them, within limits. */
export function barsWidth(
  classes: readonly string[],
  { least, most }: { readonly least: number; readonly most: number },
): number {
  const widest = Math.max(...classes.map((label) => KEY_INDENT + textWidth(titled(label, signed(-10)), KEY)));
  return Math.min(most, Math.max(least, Math.ceil(widest)));
}

/** What the bars are, one line a class. @param y baseline of the first line */
export function barsHeader(series: readonly Series[], { barX, barWidth }: Frame, y: number): string[] {
  const { width, height } = SWATCH;
  return series.flatMap(({ label, sum }, i) => {
    const baseline = y + i * HEADER_LINE;
    const room = barWidth - KEY_INDENT - textWidth(titled('', signed(sum)), KEY);
    return [
      rectangleAt(barX, baseline - height + 1, width, height, COLOURS.against, OPACITY[i]),
      rectangleAt(barX + width, baseline - height + 1, width, height, COLOURS.for, OPACITY[i]),
      textAt(barX + KEY_INDENT, baseline, titled(fitted(label, room, KEY), signed(sum)), KEY),
    ];
  });
}

/** Bars to the right speak for their class, bars to the left against it; all on one scale within a panel. */
export function bars(series: readonly Series[], frame: Frame, top: number): string[] {
  const all = series.flatMap(({ values }) => values);
  const highest = Math.max(...all, 0);
  const lowest = Math.min(...all, 0);
  const unit = (frame.barWidth - FIGURE_WIDTH - (lowest < 0 ? FIGURE_WIDTH : 0)) / (highest - lowest || 1);
  const axis = frame.barX + (lowest < 0 ? FIGURE_WIDTH - lowest * unit : 0);
  const thickness = Math.min(THICKNESS.most, frame.rowHeight * THICKNESS.share);
  const size = Math.min(13, thickness);
  const bottom = top + (frame.rows - 1) * frame.rowPitch + frame.rowHeight;
  return [
    ...series.flatMap(({ values }, i) =>
      values.flatMap((value, row) => {
        const middle =
          top + row * frame.rowPitch + frame.rowHeight / 2 + (i - (series.length - 1) / 2) * (thickness + 1);
        const length = Math.abs(value) * unit;
        const x = value < 0 ? axis - length : axis;
        const end = value < 0 ? axis - length - 6 : axis + length + 6;
        const fill = value < 0 ? COLOURS.against : COLOURS.for;
        return [
          rectangleAt(x, middle - thickness / 2, length, thickness, fill, OPACITY[i]),
          textAt(end, middle + size * BASELINE, signed(value), {
            size,
            fill: i === 0 ? COLOURS.text : COLOURS.quiet,
            anchor: value < 0 ? 'end' : 'start',
          }),
        ];
      }),
    ),
    lineAt([axis, top], [axis, bottom], COLOURS.quiet),
  ];
}
