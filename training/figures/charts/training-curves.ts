import { SennError } from '../../../core/errors.ts';
import { groupBy } from '../statistics.ts';
import { type ChartSpec, chartSvg } from './chart.ts';
import { type Column, columnsOf, type EpochMetrics } from './metrics-csv.ts';
import { quantityOf } from './quantities.ts';
import { seriesChannels } from './series.ts';
import { valueAxis, zeroAxis } from './value-axis.ts';

/** The figure of a run epoch by epoch. */

export interface TrainingCurvesFigure {
  /** Every epoch of a run, as `parseMetrics` reads them. */
  readonly epochs: readonly EpochMetrics[];
}

interface Point {
  readonly epoch: number;
  readonly value: number;
  readonly series: Column['split'];
}

const SIZE = { width: 250, height: 150, columns: 3 } as const;
/** Between panels: room for the labels of the right one, and for the axis of the upper and the title of the lower one. */
const SPACING = { column: 84, row: 114 } as const;
/** Holds the place of a subtitle, so that the panels of a row stand on one line. */
const NO_BREAK_SPACE = '\u00a0';
/** Epochs up to which every one gets a point of its own. */
const POINTS_UP_TO = 40;

type Panel = Extract<ChartSpec, { concat: unknown }>['concat'][number];

/** Accuracy is what everybody looks for first; the rest keeps its order. */
const accuracyFirst = (a: readonly Column[], b: readonly Column[]): number =>
  Number(b[0]?.quantity === 'accuracy') - Number(a[0]?.quantity === 'accuracy');

/** From the first to the last epoch, in whole numbers; a single one still has a left and a right. */
function epochAxis(epochs: readonly EpochMetrics[]) {
  const numbers = epochs.map(({ epoch }) => epoch);
  const [first, last] = [Math.min(...numbers), Math.max(...numbers)];
  const single = first === last;
  return {
    field: 'epoch',
    type: 'quantitative',
    scale: { domain: single ? [first - 1, last + 1] : [first, last], nice: false },
    axis: { title: 'epoch', format: 'd', ...(single ? { values: [first] } : { tickMinStep: 1, tickCount: 6 }) },
  } as const;
}

function panel(columns: readonly Column[], epochs: readonly EpochMetrics[], splits: readonly Column['split'][]): Panel {
  const { title, unit, factor, bound, fromZero = false } = quantityOf(columns[0]?.quantity as string);
  const points: Point[] = columns.flatMap(({ name, split }) =>
    epochs.flatMap(({ epoch, values }) =>
      values[name] === undefined ? [] : [{ epoch, value: factor * values[name], series: split }],
    ),
  );
  const values = points.map(({ value }) => value);
  const { scale, ticks } = fromZero ? zeroAxis(values) : valueAxis(values, bound);
  const units = [...(unit === undefined ? [] : [unit]), ...(scale.type === 'log' ? ['log scale'] : [])];
  const { color, strokeDash, ...series } = seriesChannels(splits, 'trainingCurves', SIZE.width);
  const legend =
    series.legend && ({ ...series.legend, symbolType: 'stroke', symbolSize: 300, symbolStrokeWidth: 2 } as const);
  return {
    width: SIZE.width,
    height: SIZE.height,
    title: { text: title, subtitle: units.join(', ') || NO_BREAK_SPACE },
    data: { values: points },
    mark: { type: 'line', strokeWidth: 2, point: epochs.length <= POINTS_UP_TO && { size: 24 } },
    encoding: {
      x: epochAxis(epochs),
      y: { field: 'value', type: 'quantitative', scale, axis: { title: null, ...ticks } },
      color: { ...color, legend },
      strokeDash: { ...strokeDash, legend },
    },
  };
}

/**
 * Loss terms and held-out figures over the epochs of a run: a panel for each quantity, on its own scale, with what was
 * measured on the training and on the held-out inputs in one panel.
 * @throws shape_mismatch without any epoch or value
 */
export async function trainingCurves({ epochs }: TrainingCurvesFigure): Promise<string> {
  const columns = columnsOf(epochs);
  if (columns.length === 0) {
    throw new SennError('shape_mismatch', `trainingCurves: ${epochs.length} epochs hold no value; needs at least one`);
  }
  const quantities = groupBy(columns, ({ quantity }) => quantity).sort(accuracyFirst);
  const splits = [...new Set(columns.map(({ split }) => split))];
  return chartSvg({
    columns: SIZE.columns,
    // by the panels themselves: the widths of texts are only guessed without a DOM, and would part the columns unevenly
    bounds: 'flush',
    spacing: SPACING,
    concat: quantities.map((group) => panel(group, epochs, splits)),
  });
}
