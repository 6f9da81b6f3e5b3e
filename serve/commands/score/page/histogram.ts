import { cssColours } from '../../../../core/figure/palette.ts';
import { element } from '../../../../core/figure/svg.ts';
import { escaped } from '../../../../core/text/format.ts';
import { number } from './html.ts';

/** How the values of a metric are distributed over the inputs, as a drawing. Lengths are CSS pixels. */

const [WIDTH, HEIGHT, BASE, BINS] = [360, 150, 118, 30] as const;
const MARGIN = 8;

/** How many values lie in each of equally wide bins; the last one holds the largest too. */
export function binsOf(values: readonly number[], low: number, high: number, count: number): number[] {
  const bins = new Array<number>(count).fill(0);
  for (const value of values) {
    const at = high > low ? Math.min(count - 1, Math.floor(((value - low) / (high - low)) * count)) : 0;
    bins[at] = (bins[at] as number) + 1;
  }
  return bins;
}

/** @param values those that there are @param median marked by a line */
export function histogram(metric: string, model: string, values: readonly number[], median: number | null): string {
  const low = values.reduce((least, value) => Math.min(least, value), Number.POSITIVE_INFINITY);
  const high = values.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY);
  const bins = binsOf(values, low, high, BINS);
  const most = Math.max(1, ...bins);
  const step = (WIDTH - 2 * MARGIN) / BINS;
  const bars = bins.map((count, i) => {
    const height = (count / most) * (BASE - MARGIN);
    const place = { x: MARGIN + i * step + 0.5, y: BASE - height, width: step - 1, height };
    return count === 0 ? '' : element('rect', { ...place, fill: cssColours.for });
  });
  const at =
    median === null || high === low ? undefined : MARGIN + ((median - low) / (high - low)) * (WIDTH - 2 * MARGIN);
  const mark =
    at === undefined
      ? ''
      : element('line', { x1: at, x2: at, y1: MARGIN, y2: BASE, stroke: cssColours.against, 'stroke-width': 2 });
  const text = (x: number, anchor: string, content: string): string =>
    element(
      'text',
      { x, y: BASE + 18, 'font-size': 12, fill: cssColours.text, 'text-anchor': anchor },
      escaped(content),
    );
  const label = `${metric} of ${model}: ${values.length} inputs from ${number(low)} to ${number(high)}, median ${number(median)}`;
  const drawing = [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}" role="img" aria-label="${escaped(label)}">`,
    ...bars,
    mark,
    element('line', { x1: MARGIN, x2: WIDTH - MARGIN, y1: BASE, y2: BASE, stroke: cssColours.control }),
    text(MARGIN, 'start', number(low)),
    text(WIDTH - MARGIN, 'end', number(high)),
    '</svg>',
  ];
  return `<figure class="plot"><figcaption>${escaped(metric)}${escaped(`, ${model}`)}</figcaption>${drawing.join('')}</figure>`;
}
