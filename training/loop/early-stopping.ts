import type { CommonConfig } from '../config/common.ts';

/** When a run has learnt enough, by its accuracy on the held-out inputs. */

/** The epoch with the best validation accuracy so far. */
export interface Best {
  readonly epoch: number;
  readonly accuracy: number;
}

/** The better of the two; an epoch without a figure is none. The earlier one where they are equal. */
export function better(best: Best | undefined, epoch: number, accuracy: number | undefined): Best | undefined {
  const improved = accuracy !== undefined && accuracy > (best?.accuracy ?? Number.NEGATIVE_INFINITY);
  return improved ? { epoch, accuracy } : best;
}

/** Whether a run ends before this epoch, since those before it brought nothing better for as long as its patience. */
export function endsBefore(
  epoch: number,
  best: Best | undefined,
  { earlyStopping }: Pick<CommonConfig, 'earlyStopping'>,
): boolean {
  return best !== undefined && epoch - 1 - best.epoch >= (earlyStopping?.patience ?? Number.POSITIVE_INFINITY);
}
