import type { EpochSummary } from '../loop/train.ts';
import { conceptTerms } from '../losses/concept.ts';
import { lossTerms } from '../losses/index.ts';
import type { Evaluation } from './evaluate.ts';

const validationColumns = ['accuracy', 'classification', ...conceptTerms] as const satisfies (keyof Evaluation)[];

/** The figures of one epoch by name: loss terms, then those on the held-out inputs; only what was computed. */
export function scalarsOf({ learningRate, terms, validation }: EpochSummary): Record<string, number> {
  const values: Record<string, number> = { learningRate };
  for (const term of lossTerms) {
    const value = terms[term];
    if (value !== undefined) values[`train/${term}`] = value;
  }
  for (const column of validationColumns) {
    const value = validation?.[column];
    if (value !== undefined) values[`validation/${column}`] = value;
  }
  return values;
}

/** One line an epoch: every loss term, then the figures on the held-out inputs; a cell is empty where there is none. */
export function metricsCsv(epochs: readonly EpochSummary[]): string {
  const header = [
    'epoch',
    'step',
    'learningRate',
    ...lossTerms,
    ...validationColumns.map((column) => `validation_${column}`),
  ];
  const lines = epochs.map(({ epoch, step, learningRate, terms, validation }) => [
    epoch,
    step,
    learningRate,
    ...lossTerms.map((term) => terms[term] ?? ''),
    ...validationColumns.map((column) => validation?.[column] ?? ''),
  ]);
  return `${[header, ...lines].map((line) => line.join(',')).join('\n')}\n`;
}
