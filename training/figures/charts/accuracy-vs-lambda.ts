import { spreadLine } from '../statistics.ts';
import { type ChartSpec, chartSvg } from './chart.ts';
import { lambdaAxis } from './lambda-axis.ts';
import { type LambdaRun, spreadByLambda } from './lambda-runs.ts';
import { seriesChannels } from './series.ts';
import { linearAxis } from './value-axis.ts';

/** The figure of test accuracy against the weight of the robustness loss. */

export interface AccuracyVsLambdaFigure {
  readonly runs: readonly LambdaRun[];
}

const SIZE = { width: 460, height: 280 } as const;

/**
 * Test accuracy over λ: the mean over the seeds with error bars of one standard deviation, each seed as a faint point;
 * one line a series. λ is on a logarithmic axis, and 0 has its own place to the left, joined to nothing.
 * @throws shape_mismatch
 */
export async function accuracyVsLambda({ runs }: AccuracyVsLambdaFigure): Promise<string> {
  const spreads = spreadByLambda(runs);
  const names = [...new Set(runs.map(({ series }) => series))];
  const axis = lambdaAxis(spreads.map(({ lambda }) => lambda));
  const at = (name: string, lambda: number): number => axis.position(lambda, names.indexOf(name), names.length);
  const means = spreads.map(({ series, lambda, mean }) => ({
    series,
    position: at(series, lambda),
    part: lambda === 0 ? 'zero' : 'positive',
    mean: 100 * mean,
  }));
  const bars = spreads.flatMap(({ series, lambda, mean, deviation }) =>
    deviation === undefined
      ? []
      : [{ series, position: at(series, lambda), low: 100 * (mean - deviation), high: 100 * (mean + deviation) }],
  );
  const seeds = runs.map(({ series, lambda, accuracy }) => ({
    series,
    position: at(series, lambda),
    value: 100 * accuracy,
  }));
  const { color, shape, strokeDash } = seriesChannels(names, 'accuracyVsLambda', SIZE.width);
  const { scale, ticks } = linearAxis(
    [...seeds.map(({ value }) => value), ...bars.flatMap(({ low, high }) => [low, high])],
    100,
  );
  const y = (field: string) =>
    ({ field, type: 'quantitative', scale, axis: { title: 'test accuracy (%)', ...ticks } }) as const;
  const cap = { type: 'tick', orient: 'horizontal', thickness: 1.5, size: 9, opacity: 1 } as const;
  const spec: ChartSpec = {
    ...SIZE,
    title: { text: spreadLine(spreads), fontWeight: 400, fontSize: 12 },
    data: { values: means },
    encoding: { x: axis.channel },
    layer: [
      {
        data: { values: seeds },
        mark: { type: 'point', filled: true, size: 22, opacity: 0.35, strokeWidth: 0 },
        encoding: { y: y('value'), color, shape },
      },
      {
        mark: { type: 'line', strokeWidth: 1.5 },
        encoding: { y: y('mean'), color, strokeDash, detail: { field: 'part' } },
      },
      {
        data: { values: bars },
        layer: [
          { mark: { type: 'rule', strokeWidth: 1.5 }, encoding: { y: y('low'), y2: { field: 'high' }, color } },
          { mark: cap, encoding: { y: y('low'), color } },
          { mark: cap, encoding: { y: y('high'), color } },
        ],
      },
      {
        mark: { type: 'point', filled: true, size: 60, opacity: 1 },
        encoding: { y: y('mean'), color, shape },
      },
    ],
  };
  return chartSvg(spec);
}
