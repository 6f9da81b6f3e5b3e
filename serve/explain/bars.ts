import { signed } from '../../core/format.ts';
import type { Manifest } from '../../core/manifest.ts';
import type { Prediction } from '../../core/predictor.ts';
import { type Frame, HEADER_LINE } from './layout.ts';
import { COLOURS, fitted, lineAt, rectangleAt, textAt, textWidth } from './svg.ts';

/** Room for the figure at the end of the longest bar. */
const FIGURE_WIDTH = 52;
/** How much of its colour the bar of the contrasted class keeps. */
const CONTRAST_OPACITY = 0.4;
/** From the middle of a line of text down to its baseline, as a share of its size. */
const BASELINE = 4.5 / 13;
const SWATCH = 10;
/** Of a bar: at most, and as a share of its row; `two` where each row has two. */
const THICKNESS = { one: { most: 22, share: 0.5 }, two: { most: 15, share: 0.4 } } as const;

/** A class whose contributions are drawn, one bar a concept. */
interface Series {
  readonly label: string;
  /** `[K]`, logits */
  readonly values: readonly number[];
  readonly sum: number;
  readonly opacity: number;
}

/** The predicted class, and beside it the contrasted one. */
function seriesOf({ classes }: Manifest, prediction: Prediction, contrast: string | undefined): Series[] {
  const of = (index: number, opacity: number): Series => ({
    label: classes[index] as string,
    values: prediction.contributions.map((row) => row[index] as number),
    sum: prediction.logits[index] as number,
    opacity,
  });
  const other = contrast === undefined ? -1 : classes.indexOf(contrast);
  const drawn = of(prediction.index, 1);
  return other < 0 || other === prediction.index ? [drawn] : [drawn, of(other, CONTRAST_OPACITY)];
}

/** What the bars are, one line a class. @param y baseline of the first line */
export function barsHeader(
  manifest: Manifest,
  prediction: Prediction,
  contrast: string | undefined,
  { barX, barWidth }: Frame,
  y: number,
): string[] {
  const series = seriesOf(manifest, prediction, contrast);
  const style = { size: 12, fill: COLOURS.quiet };
  const indent = series.length > 1 ? SWATCH + 6 : 0;
  return series.flatMap(({ label, sum, opacity }, i) => {
    const baseline = y + i * HEADER_LINE;
    const titled = (shown: string): string => `contribution to “${shown}”, sum ${signed(sum)}`;
    const room = barWidth - indent - textWidth(titled(''), style);
    return [
      ...(indent > 0 ? [rectangleAt(barX, baseline - SWATCH + 1, SWATCH, SWATCH, COLOURS.for, opacity)] : []),
      textAt(barX + indent, baseline, titled(fitted(label, room, style)), style),
    ];
  });
}

/** Bars to the right speak for their class, bars to the left against it; all on one scale within a panel. */
export function bars(
  manifest: Manifest,
  prediction: Prediction,
  contrast: string | undefined,
  frame: Frame,
  top: number,
): string[] {
  const series = seriesOf(manifest, prediction, contrast);
  const all = series.flatMap(({ values }) => values);
  const highest = Math.max(...all, 0);
  const lowest = Math.min(...all, 0);
  const unit = (frame.barWidth - FIGURE_WIDTH - (lowest < 0 ? FIGURE_WIDTH : 0)) / (highest - lowest || 1);
  const axis = frame.barX + (lowest < 0 ? FIGURE_WIDTH - lowest * unit : 0);
  const { most, share } = series.length > 1 ? THICKNESS.two : THICKNESS.one;
  const thickness = Math.min(most, frame.rowHeight * share);
  const size = Math.min(13, thickness);
  const bottom = top + (frame.rows - 1) * frame.rowPitch + frame.rowHeight;
  return [
    ...series.flatMap(({ values, opacity }, i) =>
      values.flatMap((value, row) => {
        const middle =
          top + row * frame.rowPitch + frame.rowHeight / 2 + (i - (series.length - 1) / 2) * (thickness + 1);
        const length = Math.abs(value) * unit;
        const x = value < 0 ? axis - length : axis;
        const end = value < 0 ? axis - length - 6 : axis + length + 6;
        const fill = value < 0 ? COLOURS.against : COLOURS.for;
        return [
          rectangleAt(x, middle - thickness / 2, length, thickness, fill, opacity),
          textAt(end, middle + size * BASELINE, signed(value), { size, anchor: value < 0 ? 'end' : 'start' }),
        ];
      }),
    ),
    lineAt([axis, top], [axis, bottom], COLOURS.quiet),
  ];
}
