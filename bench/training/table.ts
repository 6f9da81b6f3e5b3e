import { aligned, type Column } from '../table.ts';
import type { Row } from './rows.ts';

/** The result of `bench:training` as a table for reading. */

const figures = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });

const times = (ratio: number | null | undefined): string => (ratio == null ? '–' : `${ratio.toFixed(2)} ×`);

const columns: readonly Column<Row>[] = [
  { title: 'backend', cell: ({ backend }) => backend, right: false },
  { title: 'estimator', cell: ({ estimator }) => estimator, right: false },
  { title: 'rate', cell: ({ learningRate }) => String(learningRate), right: true },
  { title: 'ms/step', cell: ({ msPerStep }) => msPerStep.toFixed(1), right: true },
  { title: 'lowest – highest', cell: ({ msPerStepRange: [a, b] }) => `${a.toFixed(1)} – ${b.toFixed(1)}`, right: true },
  { title: 'samples/s', cell: ({ samplesPerSecond }) => figures.format(samplesPerSecond), right: true },
  { title: 'of PyTorch’s time', cell: ({ ratio }) => times(ratio), right: true },
];

/** @param isBound whether PyTorch was given up, so that its seconds are a lower bound and the ratios an upper one */
const accuracyColumns = (target: number, isBound: boolean): Column<Row>[] => [
  {
    title: `s to ${100 * target} %`,
    cell: ({ secondsToAccuracy, secondsSpent }) => secondsToAccuracy?.toFixed(1) ?? `> ${secondsSpent?.toFixed(1)}`,
    right: true,
  },
  {
    title: 'of PyTorch’s',
    cell: ({ secondsRatio }) => `${secondsRatio != null && isBound ? '< ' : ''}${times(secondsRatio)}`,
    right: true,
  },
  { title: 'steps', cell: ({ stepsToAccuracy = [] }) => stepsToAccuracy.join(' '), right: true },
];

/** The rows as aligned text, with what ran below. @param target the accuracy that the seconds were measured to */
export function tableOf(rows: readonly Row[], target?: number): string {
  const isBound = rows.some(({ backend, secondsToAccuracy }) => backend === 'pytorch' && secondsToAccuracy === null);
  const all = target === undefined ? columns : [...columns, ...accuracyColumns(target, isBound)];
  const ran = new Set(rows.map(({ backend, runtime, device }) => `${backend}: ${runtime}, ${device}`));
  return [...aligned(all, rows), '', ...ran].join('\n');
}
