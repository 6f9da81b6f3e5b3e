import { type ChartSpec, chartSvg } from './chart.ts';
import { seriesChannels } from './series.ts';
import { linearAxis } from './value-axis.ts';

/** The figure of test accuracy against a figure of the audit: a point a run, a colour a kind of model. */

export interface AuditScatter {
  readonly points: readonly { readonly series: string; readonly x: number; readonly y: number }[];
  /** Title of the axis of x. */
  readonly axis: string;
  /** Whether x is a share that is told in percent. */
  readonly percent: boolean;
}

const SIZE = { width: 460, height: 280 } as const;

/** @param points y is an accuracy in [0, 1] @throws shape_mismatch for more series than can be told apart */
export async function auditScatter({ points, axis, percent }: AuditScatter): Promise<string> {
  const values = points.map(({ series, x, y }) => ({ series, x: percent ? 100 * x : x, y: 100 * y }));
  const names = [...new Set(points.map(({ series }) => series))];
  const { color, shape } = seriesChannels(names, 'auditScatter', SIZE.width);
  const across = linearAxis(
    values.map(({ x }) => x),
    percent ? 100 : 1,
  );
  const up = linearAxis(
    values.map(({ y }) => y),
    100,
  );
  const spec: ChartSpec = {
    ...SIZE,
    data: { values },
    mark: { type: 'point', filled: true, size: 70, opacity: 0.85 },
    encoding: {
      x: { field: 'x', type: 'quantitative', scale: across.scale, axis: { title: axis, grid: true, ...across.ticks } },
      y: { field: 'y', type: 'quantitative', scale: up.scale, axis: { title: 'test accuracy (%)', ...up.ticks } },
      color,
      shape,
    },
  };
  return chartSvg(spec);
}
