import { createHash } from 'node:crypto';
import { captionOf } from '../../../../core/figure/figure.ts';
import { paletteCss } from '../../../../core/figure/palette.ts';
import { comparedMetrics, removalNames } from '../../../../core/metrics/comparison/index.ts';
import type { MetricName, Values } from '../../../../core/metrics/metric.ts';
import type { MetricReport } from '../../../../core/metrics/report.ts';
import { isOfInputs } from '../../../../core/scoring/columns.ts';
import type { ModelReport, ScoringReport } from '../../../../core/scoring/report.ts';
import { placesOf, sampleInWords } from '../../../../core/scoring/sample.ts';
import type { ScoringSource } from '../../../../core/scoring/source.ts';
import { escaped } from '../../../../core/text/format.ts';
import type { ExplainedModel } from '../../../answers/explained.ts';
import type { Scored } from '../running/run-job.ts';
import { classTable } from './classes.ts';
import { histogram } from './histogram.ts';
import { type Cell, interval, number, paragraph, section, table, wide } from './html.ts';
import { figureOf, inputsToShow } from './shown-inputs.ts';

/**
 * `report.html`: the report of a job for people, one page that loads nothing and runs no script. It is made of what is in
 * `report.json`, and of pictures of a few inputs.
 */

const style = `${paletteCss}
body{margin:0 auto;max-width:80rem;padding:1rem;font-family:system-ui,sans-serif;line-height:1.5;background:var(--page);color:var(--text)}
h1{font-size:1.5rem}h2{font-size:1.2rem;margin-top:2rem}p,dd{max-width:48rem}
.wide{overflow-x:auto}.wide svg{display:block}.plots{display:flex;flex-wrap:wrap;gap:1rem}
.plot{margin:0;padding:.5rem;background:var(--card);border:1px solid var(--line)}.plot svg{max-width:100%;height:auto}
table{border-collapse:collapse;background:var(--card)}caption{text-align:left;padding:.25rem 0;color:var(--quiet)}
th,td{border:1px solid var(--line);padding:.25rem .5rem;text-align:right;vertical-align:top}
th[scope=row]{text-align:left;font-weight:600}td.text{text-align:left}img{image-rendering:pixelated;margin-right:2px}
.figure{background:#fff;forced-color-adjust:none}dt{font-weight:600;margin-top:.75rem}dd{margin-left:1rem}
:focus-visible{outline:2px solid var(--focus)}`;

/** Nothing but this style and pictures that are in the page. */
const policy = `default-src 'none'; img-src data:; style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'; base-uri 'none'; form-action 'none'`;

function metricCells(name: string, row: MetricReport): Cell[] {
  const { direction, reason } = row;
  const note = (text: string): Cell => ({ html: escaped(text) });
  if (reason !== undefined) return [name, direction, '–', '–', note(reason)];
  if ('mean' in row) {
    const { mean, median, q05, q95, count, withoutValue, intervals } = row;
    const without = withoutValue === 0 ? '' : `, ${withoutValue} without`;
    const beside = `median ${number(median)}, 5 to 95 %: ${number(q05)} to ${number(q95)}, ${count} inputs${without}`;
    return [name, direction, number(mean), interval(intervals?.mean), note(beside)];
  }
  if ('values' in row) return [name, direction, '–', '–', note(row.values.map(number).join('; '))];
  const { value, figures = {}, interval: of } = row;
  const beside = Object.entries(figures).map(([figure, one]) => `${figure} ${number(one)}`);
  return [name, direction, number(value), interval(of), note(beside.join(', '))];
}

function metricTable({ model, version, metrics }: ModelReport): string {
  const rows = (Object.entries(metrics) as [string, MetricReport][]).map(([name, row]) => metricCells(name, row));
  return table(
    `${model} ${version}: each metric, with its 95 % interval over resamples of the inputs`,
    ['metric', 'better', 'value or mean', '95 % interval', 'beside it'],
    rows,
  );
}

function comparisonTable(first: string, { model, comparison }: ScoringReport['others'][number]): string {
  const rows = Object.entries(comparison).map(([name, { count, difference, interval: of, test, p, adjusted }]) => [
    name,
    number(difference),
    interval(of),
    test,
    number(p),
    number(adjusted),
    String(count),
  ]);
  return table(
    `${model} less ${first}, on the same inputs`,
    ['metric', 'difference', '95 % interval', 'test', 'p', 'p, adjusted (Holm)', 'inputs'],
    rows,
  );
}

function attributionTable({ model, attributions = {} }: ModelReport): string[] {
  const rows = Object.entries(attributions).map(([name, { metrics, explains, queries, count, baseline, source }]) => [
    name,
    ...comparedMetrics.flatMap((metric): Cell[] => {
      const { mean, intervals, reason } = metrics[metric];
      return [number(mean), reason === undefined ? interval(intervals?.mean) : { html: escaped(reason) }];
    }),
    explains,
    String(queries),
    String(count),
    typeof baseline === 'number' ? number(baseline) : 'one a feature',
    source,
  ]);
  if (rows.length === 0) return [];
  const heads = comparedMetrics.flatMap((metric) => [`${metric} (${removalNames[metric]})`, '95 % interval']);
  return [
    table(
      `${model}: explanations of the same predictions, by the same removals; their values are in the rows of inputs`,
      ['explanation', ...heads, 'explains', 'rows asked', 'inputs', 'baseline', 'source'],
      rows,
    ),
  ];
}

function plotsOf({ model, metrics }: ModelReport, { scores }: Scored): string[] {
  return (Object.keys(scores) as MetricName[]).filter(isOfInputs).flatMap((name) => {
    const row = metrics[name] as MetricReport<'input'> | undefined;
    if (row === undefined || row.count === 0) return [];
    const values = (scores[name] as Values['input']).filter((value) => value !== null);
    return [histogram(name, model, values, row.median)];
  });
}

/** A model of the report with all that is drawn of it. */
export interface PageModel {
  readonly report: ModelReport;
  readonly scored: Scored;
  readonly model: ExplainedModel;
}

async function shownOf(
  { report, scored, model }: PageModel,
  source: ScoringSource,
  placeOf: (index: number) => number,
): Promise<string[]> {
  const shown = inputsToShow(scored);
  if (shown === undefined) return [];
  const listed = shown.places
    .map(({ index, value, which }) => `input ${placeOf(index)}: ${number(value)} (${which})`)
    .join(', ');
  const svg = await figureOf(
    model,
    source,
    shown.places.map(({ index }) => index),
  );
  return [
    paragraph(`${report.model}, the worst by ${shown.metric}, and one in the middle: ${listed}.`),
    wide(`Explanations of ${report.model}`, `<div class="figure">${svg}</div>`),
    paragraph(captionOf(model.predictor.manifest)),
  ];
}

function definitionsOf({ definitions }: ScoringReport): string[] {
  const rows = Object.entries(definitions.metrics).map(
    ([name, { definition, source, cannotTell }]) =>
      `<dt>${escaped(name)}</dt><dd>${escaped(definition)}</dd><dd>Cannot tell: ${escaped(cannotTell)}.</dd><dd>Source: ${escaped(source)}.</dd>`,
  );
  return [...definitions.report.map(paragraph), `<dl>${rows.join('\n')}</dl>`];
}

function unusableOf({ unusable: { count, listed } }: ScoringReport): string[] {
  if (count === 0) return [];
  const rows = listed.map(({ index, where, reason }) => [String(index), where, reason]);
  return [table(`${count} inputs were not scored; the first ${listed.length}`, ['input', 'where', 'why'], rows)];
}

/** @param models as in the job, the first one first */
export async function reportPage(
  report: ScoringReport,
  models: readonly PageModel[],
  source: ScoringSource,
): Promise<string> {
  const shown: string[] = [];
  for (const model of models) shown.push(...(await shownOf(model, source, placesOf(report.job))));
  const reports = models.map((one) => one.report);
  const title = `Explanations of ${reports.map(({ model }) => model).join(', ')} on ${report.data}`;
  const sentences = reports.flatMap(({ model, audit }) =>
    audit === undefined ? [] : [paragraph(`${model}: ${audit}`)],
  );
  const plots = models.flatMap((one) => plotsOf(one.report, one.scored));
  return [
    '<!doctype html>',
    '<html lang="en">',
    `<head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${policy}">`,
    `<meta name="viewport" content="width=device-width"><title>${escaped(title)}</title><style>${style}</style></head>`,
    `<body><main><h1>${escaped(title)}</h1>`,
    paragraph(`${report.count} inputs${sampleInWords(report.job)} were scored.`),
    ...sentences,
    section('Metrics', ...reports.map(metricTable)),
    section('Compared with the first model', ...report.others.map((other) => comparisonTable(report.model, other))),
    section(
      'Distributions over the inputs',
      ...(plots.length === 0 ? [] : [`<div class="plots">${plots.join('\n')}</div>`]),
    ),
    section('Inputs with their explanations', ...shown),
    section('Classes', ...models.map((one) => classTable(one.report, one.model))),
    section('Explanations side by side', ...reports.flatMap(attributionTable)),
    section('Inputs that were not scored', ...unusableOf(report)),
    section('How to read this', ...definitionsOf(report)),
    '</main></body>',
    '</html>\n',
  ].join('\n');
}
