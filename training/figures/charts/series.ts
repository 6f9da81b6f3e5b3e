import { SennError } from '../../../core/errors.ts';
import { SERIES } from '../../../core/figure/palette.ts';
import { TEXT } from '../../../core/figure/text.ts';

/** Width of a legend's symbol with its gaps, in CSS pixels, and of a letter in text sizes as Vega reckons without a DOM. */
const LEGEND = { symbol: 30, letter: 0.8 } as const;

/** As many names on a line as fit into the chart's width. */
function legendColumns(names: readonly string[], width: number): number {
  // every column is as wide as the longest name
  const longest = Math.max(...names.map((name) => Array.from(name).length));
  const fitting = Math.floor(width / (LEGEND.symbol + LEGEND.letter * TEXT.body * longest));
  return Math.max(1, Math.min(names.length, fitting));
}

/**
 * How the series of a chart are told apart: channels of Vega-Lite over the field `series`, in the order of the names.
 * @param where the figure, for the error
 * @param width of the chart, in CSS pixels
 * @returns the channels, and the legend that all of them must share; none for a single series
 * @throws shape_mismatch for more series than can be told apart
 */
export function seriesChannels(names: readonly string[], where: string, width: number) {
  if (names.length > SERIES.length) {
    throw new SennError(
      'shape_mismatch',
      `${where}: ${names.length} series (${names.join(', ')}); at most ${SERIES.length} can be told apart`,
    );
  }
  const looks = SERIES.slice(0, names.length);
  const domain = [...names];
  const legend =
    names.length > 1
      ? ({ columns: legendColumns(names, width), symbolOpacity: 1, symbolStrokeWidth: 0 } as const)
      : null;
  const field = { field: 'series', type: 'nominal', legend } as const;
  return {
    legend,
    color: { ...field, scale: { domain, range: looks.map(({ colour }) => colour as string) } },
    shape: { ...field, scale: { domain, range: looks.map(({ shape }) => shape as string) } },
    strokeDash: { ...field, scale: { domain, range: looks.map(({ dash }) => [...dash] as number[]) } },
  };
}
