import type { Report } from '../../../core/metrics/report.ts';

const columns = ['mean', 'median', 'q05', 'q25', 'q75', 'q95'] as const;

/** The report for people: one row a metric, columns aligned. */
export function tableOf({ model, data, count, elapsedSeconds, metrics }: Report): string {
  const figure = (value: number | null): string => (value === null ? '–' : value.toPrecision(4));
  const rows = [
    ['metric', 'better', ...columns, 'inputs', 'no value'],
    ...Object.entries(metrics).map(([name, row]) => [
      name,
      row.direction,
      ...columns.map((column) => figure(row[column])),
      String(row.count),
      String(row.withoutValue),
    ]),
  ];
  const widths = rows[0]?.map((_, c) => Math.max(...rows.map((row) => row[c]?.length ?? 0))) ?? [];
  const lines = rows.map((row) =>
    row.map((cell, c) => (c < 2 ? cell.padEnd(widths[c] ?? 0) : cell.padStart(widths[c] ?? 0))).join('  '),
  );
  return [`${model} on ${data}: ${count} inputs in ${elapsedSeconds.toFixed(1)} s`, ...lines].join('\n');
}
