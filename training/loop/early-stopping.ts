import type { CommonConfig } from '../config/common.ts';

/** When a run has learnt enough, by what its held-out inputs say. */

/** The epoch with the best score so far. */
export interface Best {
  readonly epoch: number;
  /** Of the held-out inputs, higher is better: their accuracy, or another figure (`selectBy`). */
  readonly score: number;
}

/** The better of the two; an epoch without a figure is none. The earlier one where they are equal. */
export function better(best: Best | undefined, epoch: number, score: number | undefined): Best | undefined {
  const improved = score !== undefined && score > (best?.score ?? Number.NEGATIVE_INFINITY);
  return improved ? { epoch, score } : best;
}

/** Whether a run ends before this epoch, since those before it brought nothing better for as long as its patience. */
export function endsBefore(
  epoch: number,
  best: Best | undefined,
  { earlyStopping }: Pick<CommonConfig, 'earlyStopping'>,
): boolean {
  return best !== undefined && epoch - 1 - best.epoch >= (earlyStopping?.patience ?? Number.POSITIVE_INFINITY);
}
