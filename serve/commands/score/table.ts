import { comparedMetrics, removalNames } from '../../../core/metrics/comparison/index.ts';
import type { MetricReport } from '../../../core/metrics/report.ts';
import type { ModelReport, ScoringReport } from '../../../core/scoring/report.ts';
import { sampleInWords } from '../../../core/scoring/sample.ts';

/** The report of `senn score` for people: rows with columns, for metrics of inputs, of the set and of classes. */

const columns = ['mean', 'median', 'q05', 'q25', 'q75', 'q95'] as const;

/** A metric's name and its row, of the scope that has this field. */
type Named<Field extends string> = [name: string, row: Extract<MetricReport, Readonly<Record<Field, unknown>>>];

const shown = (value: number | null): string => (value === null ? '–' : value.toPrecision(4));

const intervalText = (interval: readonly [number, number] | undefined): string =>
  interval === undefined ? '–' : `${shown(interval[0])} … ${shown(interval[1])}`;

/** Rows of cells as lines, columns aligned. @param toTheLeft those whose cells stand at their left edge */
function aligned(rows: readonly (readonly string[])[], toTheLeft: ReadonlySet<number>): string[] {
  const widths = rows[0]?.map((_, c) => Math.max(...rows.map((row) => row[c]?.length ?? 0))) ?? [];
  const padded = (cell: string, c: number): string =>
    toTheLeft.has(c) ? cell.padEnd(widths[c] ?? 0) : cell.padStart(widths[c] ?? 0);
  return rows.length < 2 ? [] : rows.map((row) => row.map(padded).join('  ').trimEnd());
}

function tableOfInputs(rows: readonly Named<'mean'>[]): string[] {
  const cells = rows.map(([name, row]) => [
    name,
    row.direction,
    ...columns.map((column) => shown(row[column])),
    intervalText(row.intervals?.mean),
    String(row.count),
    String(row.withoutValue),
  ]);
  return aligned(
    [['metric', 'better', ...columns, '95 % of the mean', 'inputs', 'no value'], ...cells],
    new Set([0, 1]),
  );
}

function tableOfSet(rows: readonly Named<'value'>[]): string[] {
  const cells = rows.map(([name, { direction, value, figures = {}, interval }]) => {
    const beside = Object.entries(figures).map(([figure, number]) => `${figure} ${shown(number)}`);
    return [name, direction, shown(value), intervalText(interval), beside.join(', ')];
  });
  return aligned([['metric', 'better', 'value', '95 % interval', 'beside'], ...cells], new Set([0, 1, 3, 4]));
}

function tableOfClasses(rows: readonly Named<'values'>[]): string[] {
  const cells = rows.map(([name, { direction, values }]) => [name, direction, values.map(shown).join('  ')]);
  return aligned([['metric', 'better', 'of each class'], ...cells], new Set([0, 1, 2]));
}

/** Explanations side by side: the mean of each metric, and what an explanation costs. */
function tableOfAttributions(attributions: NonNullable<ModelReport['attributions']>): string[] {
  const rows = Object.entries(attributions);
  if (rows.length === 0) return [];
  const heads = comparedMetrics.flatMap((name) => [`${name} (${removalNames[name]})`, '95 %']);
  const cells = rows.map(([name, { metrics, explains, queries }]) => [
    name,
    ...comparedMetrics.flatMap((metric) => [
      shown(metrics[metric].mean),
      intervalText(metrics[metric].intervals?.mean),
    ]),
    explains,
    String(queries),
  ]);
  const reasons = rows.flatMap(([name, { metrics }]) =>
    comparedMetrics.flatMap((metric) => {
      const { reason } = metrics[metric];
      return reason === undefined ? [] : [`${name} has no ${metric}: ${reason}`];
    }),
  );
  return [
    ...aligned([['explanation', ...heads, 'explains', 'rows asked'], ...cells], new Set([0, 2, 4, 5])),
    ...reasons,
  ];
}

/** One row a metric, those of inputs first, then those of the set, then those of classes. */
function tablesOf({ metrics, attributions = {} }: Pick<ModelReport, 'metrics' | 'attributions'>): string[] {
  const rows = Object.entries(metrics) as [string, MetricReport][];
  const having = <Field extends string>(field: Field): Named<Field>[] =>
    rows.filter(([, row]) => field in row) as unknown as Named<Field>[];
  const reasons = rows.flatMap(([name, { reason }]) =>
    reason === undefined ? [] : [`${name} has no value: ${reason}`],
  );
  return [
    ...tableOfInputs(having('mean')),
    ...tableOfSet(having('value')),
    ...tableOfClasses(having('values')),
    ...reasons,
    ...tableOfAttributions(attributions),
  ];
}

/** How another model differs from the first, one row a metric. */
function comparedWith(
  first: string,
  { model, metrics, attributions, comparison }: ScoringReport['others'][number],
): string[] {
  const cells = Object.entries(comparison).map(([name, row]) => [
    name,
    shown(row.difference),
    intervalText(row.interval),
    row.test,
    row.p.toPrecision(2),
    row.adjusted.toPrecision(2),
  ]);
  return [
    '',
    model,
    ...tablesOf({ metrics, attributions }),
    `${model} less ${first}, on the same inputs`,
    ...aligned([['metric', 'difference', '95 % interval', 'test', 'p', 'adjusted'], ...cells], new Set([0, 2, 3])),
  ];
}

/** The report for people. */
export function tableOf(
  report: Pick<
    ScoringReport,
    'model' | 'data' | 'count' | 'elapsedSeconds' | 'unusable' | 'others' | 'metrics' | 'attributions'
  > & { readonly job: Parameters<typeof sampleInWords>[0] },
): string {
  const { model, data, job, count, elapsedSeconds, unusable, others } = report;
  const [first] = unusable.listed;
  return [
    `${model} on ${data}: ${count} inputs${sampleInWords(job)} in ${elapsedSeconds.toFixed(1)} s`,
    ...(first === undefined
      ? []
      : [`${unusable.count} inputs were not scored; the first, ${first.where}: ${first.reason}`]),
    ...tablesOf(report),
    ...others.flatMap((other) => comparedWith(model, other)),
  ].join('\n');
}
