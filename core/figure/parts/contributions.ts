import { signed } from '../../text/format.ts';
import { bottomOf, middleOf, type Part, type Rows } from '../column.ts';
import { HEADER_LINE } from '../layout.ts';
import { COLOURS } from '../palette.ts';
import { barDomain, type Series, seriesOf } from '../series.ts';
import { lineAt, rectangleAt, textAt } from '../svg.ts';
import { clampedWidth, fitted, TEXT, textWidth } from '../text.ts';
import { barAt, barLabel, filled, type Scale } from './bar.ts';

/** What each concept contributes to the predicted class and to the one that it is set beside: two bars a concept. */

const WIDTH = { image: { least: 240, most: 360 }, tabular: { least: 320, most: 400 } } as const;
/** Room for the figure at the end of the longest bar. */
const FIGURE_WIDTH = 52;
/** Of the key to the bars: one half against the class, one for it, as the bars to the left and to the right. */
const SWATCH = { width: 7, height: 10, air: 7 } as const;
/** Of a bar: at most, and as a share of its row. */
const THICKNESS = { most: 15, share: 0.4 } as const;

const KEY = { size: TEXT.label, fill: COLOURS.quiet } as const;
const KEY_INDENT = 2 * SWATCH.width + SWATCH.air;

const CAPTION =
  'The bars are what the concept contributes to the predicted class and, hollow, to the class that it is set beside: ' +
  'to the right for it, to the left against it. The bars of a class sum to its logit.';

const titled = (label: string, sum: string): string => `contribution to “${label}”, sum ${sum}`;

/** So wide that the longest name of a class stands whole over the bars, within limits. */
function widthFor(classes: readonly string[], { least, most }: { readonly least: number; readonly most: number }) {
  const room = { least: least - KEY_INDENT, most: most - KEY_INDENT };
  const titles = classes.map((label) => titled(label, signed(-10)));
  return KEY_INDENT + clampedWidth(titles, KEY, room);
}

/** What the bars are, one line a class. @param y baseline of the first line */
function key(series: readonly Series[], width: number, x: number, y: number): string[] {
  return series.flatMap(({ label, sum }, i) => {
    const baseline = y + i * HEADER_LINE;
    const room = width - KEY_INDENT - textWidth(titled('', signed(sum)), KEY);
    const swatch = (left: number, colour: string): string =>
      rectangleAt(
        { x: left, y: baseline - SWATCH.height + 1, width: SWATCH.width, height: SWATCH.height },
        filled(colour, i > 0),
      );
    return [
      swatch(x, COLOURS.against),
      swatch(x + SWATCH.width, COLOURS.for),
      textAt(x + KEY_INDENT, baseline, titled(fitted(label, room, KEY), signed(sum)), KEY),
    ];
  });
}

/** One scale for all bars of a panel: from the lowest to the highest value, and room for the figures at their ends. */
function scaleOf(series: readonly Series[], x: number, width: number): Scale {
  const [lowest, highest] = barDomain(...series.map(({ values }) => values));
  const left = lowest < 0 ? FIGURE_WIDTH : 0;
  const unit = (width - FIGURE_WIDTH - left) / (highest - lowest || 1);
  return { axis: x + left - lowest * unit, unit };
}

function bars(series: readonly Series[], names: readonly string[], scale: Scale, rows: Rows): string[] {
  const thickness = Math.min(THICKNESS.most, rows.height * THICKNESS.share);
  const size = Math.min(TEXT.body, thickness);
  return series.flatMap(({ values }, i) =>
    values.flatMap((value, k) => {
      const middle = middleOf(rows, k) + (i - (series.length - 1) / 2) * (thickness + 1);
      const label = { size, fill: i === 0 ? COLOURS.text : COLOURS.quiet };
      return [
        barAt(value, names[k] as string, scale, middle, { thickness, isBeside: i > 0 }),
        barLabel(value, scale, middle, label),
      ];
    }),
  );
}

export const contributions: Part = ({ manifest }, { contrast }) => {
  const width = widthFor(manifest.classes, WIDTH[manifest.input.kind]);
  const names = manifest.concepts.map(({ name }) => name);
  return {
    width,
    rowHeight: 2 * THICKNESS.most,
    caption: CAPTION,
    header: ({ prediction }, x, y) => key(seriesOf(manifest, prediction, contrast), width, x, y),
    content: ({ prediction }, x, rows) => {
      const series = seriesOf(manifest, prediction, contrast);
      const scale = scaleOf(series, x, width);
      const { axis } = scale;
      return [...bars(series, names, scale, rows), lineAt([axis, rows.top], [axis, bottomOf(rows)], COLOURS.quiet)];
    },
  };
};
