import { type ComparedMetric, comparedMetrics } from '../../../core/metrics/comparison/index.ts';
import type { MetricReport, Report } from '../../../core/metrics/report.ts';

/** The report of `senn score` for people: rows with columns, for metrics of inputs, of the set and of classes. */

const columns = ['mean', 'median', 'q05', 'q25', 'q75', 'q95'] as const;

/** A metric's name and its row, of the scope that has this field. */
type Named<Field extends string> = [name: string, row: Extract<MetricReport, Readonly<Record<Field, unknown>>>];

const shown = (value: number | null): string => (value === null ? '–' : value.toPrecision(4));

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
    String(row.count),
    String(row.withoutValue),
  ]);
  return aligned([['metric', 'better', ...columns, 'inputs', 'no value'], ...cells], new Set([0, 1]));
}

function tableOfSet(rows: readonly Named<'value'>[]): string[] {
  const cells = rows.map(([name, { direction, value, figures = {} }]) => {
    const beside = Object.entries(figures).map(([figure, number]) => `${figure} ${shown(number)}`);
    return [name, direction, shown(value), beside.join(', ')];
  });
  return aligned([['metric', 'better', 'value', 'beside'], ...cells], new Set([0, 1, 3]));
}

function tableOfClasses(rows: readonly Named<'values'>[]): string[] {
  const cells = rows.map(([name, { direction, values }]) => [name, direction, values.map(shown).join('  ')]);
  return aligned([['metric', 'better', 'of each class'], ...cells], new Set([0, 1, 2]));
}

/** What a compared metric takes away. */
const removals = { faithfulness: 'own removal', 'faithfulness.input': 'input removal' } satisfies Record<
  ComparedMetric,
  string
>;

/** Explanations side by side: the mean of each metric, and what an explanation costs. */
function tableOfAttributions(attributions: NonNullable<Report['attributions']>): string[] {
  const rows = Object.entries(attributions);
  if (rows.length === 0) return [];
  const heads = comparedMetrics.map((name) => `${name} (${removals[name]})`);
  const cells = rows.map(([name, { metrics, explains, queries }]) => [
    name,
    ...comparedMetrics.map((metric) => shown(metrics[metric].mean)),
    explains,
    String(queries),
  ]);
  const reasons = rows.flatMap(([name, { metrics }]) =>
    comparedMetrics.flatMap((metric) => {
      const { reason } = metrics[metric];
      return reason === undefined ? [] : [`${name} has no ${metric}: ${reason}`];
    }),
  );
  return [...aligned([['explanation', ...heads, 'explains', 'rows asked'], ...cells], new Set([0, 3])), ...reasons];
}

/** The report for people: one row a metric, those of inputs first, then those of the set, then those of classes. */
export function tableOf({ model, data, count, elapsedSeconds, metrics, attributions = {} }: Report): string {
  const rows = Object.entries(metrics) as [string, MetricReport][];
  const having = <Field extends string>(field: Field): Named<Field>[] =>
    rows.filter(([, row]) => field in row) as unknown as Named<Field>[];
  const reasons = rows.flatMap(([name, { reason }]) =>
    reason === undefined ? [] : [`${name} has no value: ${reason}`],
  );
  return [
    `${model} on ${data}: ${count} inputs in ${elapsedSeconds.toFixed(1)} s`,
    ...tableOfInputs(having('mean')),
    ...tableOfSet(having('value')),
    ...tableOfClasses(having('values')),
    ...reasons,
    ...tableOfAttributions(attributions),
  ].join('\n');
}
