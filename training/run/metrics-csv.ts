import type { Kind } from '../kinds/kind.ts';
import type { EpochSummary } from '../loop/progress.ts';

/** The figures of every epoch as text: `metrics.csv`, and the scalars of TensorBoard. */

/** The figures of one epoch by name: loss terms, then those on the held-out inputs; only what was computed. */
export function scalarsOf({ learningRate, terms, validation = {} as never }: EpochSummary): Record<string, number> {
  const prefixed = (prefix: string, values: Readonly<Partial<Record<string, number>>>) =>
    Object.entries(values).map(([name, value]) => [`${prefix}/${name}`, value as number] as const);
  return { learningRate, ...Object.fromEntries([...prefixed('train', terms), ...prefixed('validation', validation)]) };
}

/**
 * One line an epoch: every loss term that the kind has, then its figures on the held-out inputs; a cell is empty where
 * there is none.
 */
export function metricsCsv(epochs: readonly EpochSummary[], kind: Pick<Kind, 'terms' | 'figures'>): string {
  const terms = ['loss', ...kind.terms];
  const header = ['epoch', 'step', 'learningRate', ...terms, ...kind.figures.map((name) => `validation_${name}`)];
  const lines = epochs.map((summary) => [
    summary.epoch,
    summary.step,
    summary.learningRate,
    ...terms.map((term) => summary.terms[term] ?? ''),
    ...kind.figures.map((name) => summary.validation?.[name] ?? ''),
  ]);
  return `${[header, ...lines].map((line) => line.join(',')).join('\n')}\n`;
}
