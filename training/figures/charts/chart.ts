import { parse, View } from 'vega';
import { compile, type TopLevelSpec } from 'vega-lite';
import { COLOURS } from '../../../core/figure/palette.ts';
import { FONT, TEXT } from '../../../core/figure/text.ts';

/** The look of every chart; see https://vega.github.io/vega-lite/docs/config.html. */
const config = {
  background: 'white',
  padding: 16,
  font: FONT,
  view: { stroke: null },
  axis: {
    labelFontSize: TEXT.small,
    labelColor: COLOURS.quiet,
    titleFontSize: TEXT.body,
    titleFontWeight: 'normal',
    titleColor: COLOURS.text,
    titlePadding: 8,
    domainColor: COLOURS.quiet,
    tickColor: COLOURS.quiet,
    gridColor: COLOURS.track,
    labelPadding: 6,
    labelFlush: false,
    labelLimit: 220,
  },
  axisX: { grid: false },
  axisY: { domain: false, ticks: false },
  legend: {
    orient: 'top',
    title: null,
    labelFontSize: TEXT.body,
    labelColor: COLOURS.text,
    labelLimit: 480,
    symbolSize: 80,
    symbolStrokeWidth: 2,
  },
  title: {
    anchor: 'start',
    frame: 'group',
    fontSize: TEXT.heading,
    fontWeight: 600,
    color: COLOURS.text,
    subtitleFontSize: TEXT.small + 1,
    subtitleColor: COLOURS.quiet,
    offset: 10,
  },
} as const;

export type ChartSpec = TopLevelSpec;

/**
 * A Vega-Lite chart as an SVG document, without a DOM. Marks must not be clipped: clip paths are numbered over the
 * whole process, and without them the same data give the same bytes and several charts fit into one page.
 */
export async function chartSvg(spec: ChartSpec): Promise<string> {
  const view = new View(parse(compile(spec, { config }).spec), { renderer: 'none' });
  try {
    return `${await view.toSVG()}\n`;
  } finally {
    view.finalize();
  }
}
