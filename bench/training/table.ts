import type { Row } from './rows.ts';

interface Column {
  readonly title: string;
  readonly cell: (row: Row) => string;
  /** Figures stand right, names left. */
  readonly right: boolean;
}

const GAP = '   ';
const figures = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });

const columns: readonly Column[] = [
  { title: 'backend', cell: ({ backend }) => backend, right: false },
  { title: 'estimator', cell: ({ estimator }) => estimator, right: false },
  { title: 'rate', cell: ({ learningRate }) => String(learningRate), right: true },
  { title: 'ms/step', cell: ({ msPerStep }) => msPerStep.toFixed(1), right: true },
  { title: 'lowest – highest', cell: ({ msPerStepRange: [a, b] }) => `${a.toFixed(1)} – ${b.toFixed(1)}`, right: true },
  { title: 'samples/s', cell: ({ samplesPerSecond }) => figures.format(samplesPerSecond), right: true },
  { title: 'of PyTorch’s time', cell: ({ ratio }) => (ratio === null ? '–' : `${ratio.toFixed(2)} ×`), right: true },
];

const accuracyColumn = (target: number): Column => ({
  title: `s to ${100 * target} %`,
  cell: ({ secondsToAccuracy }) => secondsToAccuracy?.toFixed(1) ?? 'not reached',
  right: true,
});

/** The rows as aligned text, with what ran below. @param target the accuracy that the seconds were measured to */
export function tableOf(rows: readonly Row[], target?: number): string {
  const all = target === undefined ? columns : [...columns, accuracyColumn(target)];
  const lines = [all.map(({ title }) => title), ...rows.map((row) => all.map(({ cell }) => cell(row)))];
  const widths = all.map((_, i) => Math.max(...lines.map((cells) => (cells[i] as string).length)));
  const table = lines.map((cells) =>
    cells
      .map((cell, i) => (all[i]?.right ? cell.padStart(widths[i] as number) : cell.padEnd(widths[i] as number)))
      .join(GAP)
      .trimEnd(),
  );
  const ran = new Set(rows.map(({ backend, runtime, device }) => `${backend}: ${runtime}, ${device}`));
  return [...table, '', ...ran].join('\n');
}
