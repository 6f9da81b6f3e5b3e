import { SennError } from '../../../core/errors.ts';
import { COLOURS } from '../../../core/figure/palette.ts';
import { TEXT } from '../../../core/figure/text.ts';
import { groupBy, type Spread, spreadLine, spreadOf } from '../statistics.ts';
import { type ChartSpec, chartSvg } from './chart.ts';
import { seriesChannels } from './series.ts';

/** A disentanglement score of one model. */
export interface DisentanglementScore {
  readonly model: string;
  /** As MIG, DCI, SAP or FactorVAE. */
  readonly metric: string;
  /** In [0, 1], higher is better. */
  readonly value: number;
}

export interface DisentanglementFigure {
  /** Several of one model and metric are runs with different seeds. */
  readonly scores: readonly DisentanglementScore[];
}

/** Least width of a bar, in CSS pixels. */
const BAR = 44;
/** Width of a letter in text sizes, and what stands between two names at least. */
const NAME = { letter: 0.62, gap: 14 } as const;

/** Width of a bar, so that the bars of a metric are at least as wide as the longest word of its name. */
function barWidth(metrics: readonly string[], models: number): number {
  const longest = Math.max(...metrics.flatMap((metric) => metric.split(' ')).map((word) => Array.from(word).length));
  return Math.max(BAR, Math.ceil((NAME.letter * TEXT.body * longest + NAME.gap) / models));
}

function checkScores(scores: readonly DisentanglementScore[]): void {
  const refuse = (rule: string): SennError => new SennError('shape_mismatch', `disentanglement: ${rule}`);
  if (scores.length === 0) throw refuse('needs at least one score, got none');
  const odd = scores.find(({ value }) => !(value >= 0 && value <= 1));
  if (odd !== undefined) throw refuse(`${odd.metric} of ${odd.model} is ${odd.value}; must be in [0, 1]`);
}

const distinct = (values: readonly string[]): string[] => [...new Set(values)];

/**
 * Bars of each metric, one a model, with the value above; over several seeds the mean, and error bars of one standard
 * deviation. Models and metrics keep the order in which they come.
 * @throws shape_mismatch
 */
export async function disentanglement({ scores }: DisentanglementFigure): Promise<string> {
  checkScores(scores);
  const models = distinct(scores.map(({ model }) => model));
  const metrics = distinct(scores.map(({ metric }) => metric));
  const groups = groupBy(scores, ({ model, metric }) => JSON.stringify([model, metric]));
  const spreads = groups.map((group) => spreadOf(group.map(({ value }) => value)));
  const bars = groups.map(([score], i) => {
    const { mean, deviation = 0 } = spreads[i] as Spread;
    const { model: series, metric } = score as DisentanglementScore;
    return { series, metric, mean, low: mean - deviation, high: mean + deviation, label: mean.toFixed(2) };
  });
  const repeated = spreads.some(({ count }) => count > 1);
  const bar = barWidth(metrics, models.length);
  const { color } = seriesChannels(models, 'disentanglement', bar * (models.length + 1) * metrics.length);
  const domain: [number, number] = [0, Math.max(1, ...bars.map(({ high }) => high))];
  const y = (field: string) =>
    ({
      field,
      type: 'quantitative',
      scale: { domain, nice: false },
      axis: { title: 'score (0 to 1, higher is better)', tickCount: 6 },
    }) as const;
  const spec: ChartSpec = {
    width: { step: bar },
    height: 260,
    ...(repeated && { title: { text: spreadLine(spreads), fontWeight: 400, fontSize: 12 } }),
    data: { values: bars },
    encoding: {
      x: {
        field: 'metric',
        type: 'nominal',
        sort: metrics,
        axis: {
          title: null,
          labelAngle: 0,
          labelFontSize: TEXT.body,
          labelColor: COLOURS.text,
          labelExpr: "split(datum.label, ' ')", // a line a word
        },
      },
      xOffset: { field: 'series', type: 'nominal', sort: models },
    },
    layer: [
      { mark: 'bar', encoding: { y: y('mean'), color } },
      {
        transform: [{ filter: 'datum.high > datum.low' }],
        mark: { type: 'rule', strokeWidth: 1.5, color: COLOURS.text },
        encoding: { y: y('low'), y2: { field: 'high' } },
      },
      {
        mark: { type: 'text', dy: -8, fontSize: TEXT.small, color: COLOURS.text },
        encoding: { y: y('high'), text: { field: 'label', type: 'nominal' } },
      },
    ],
  };
  return chartSvg(spec);
}
