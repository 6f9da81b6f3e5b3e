import {
  ERROR_SHARES,
  errorNames,
  reconstructionErrors,
  type TrainingErrors,
} from '../../../core/artefacts/familiarity/errors.ts';
import type { Manifest } from '../../../core/manifest.ts';
import { quantile } from '../../../core/metrics/summary.ts';
import { unitInput } from '../../../core/tables/unit-input.ts';
import { rowOf, type Tensor } from '../../../core/tensor.ts';
import type { Split } from '../../datasets/dataset.ts';
import { batchesOf, inOrder } from '../../loop/batches.ts';

/** How well a model redraws its training inputs, which tells inputs that are unlike them (core/artefacts/familiarity). */

const BATCH = 500;

/**
 * @param train the whole training set
 * @param input what its inputs are
 * @param reconstruct what the model redraws a batch as, `[N, …]` in the model's units
 */
export async function familiarityOver(
  train: Split,
  input: Manifest['input'],
  reconstruct: (batch: Tensor) => Promise<Tensor>,
): Promise<TrainingErrors> {
  const count = train.labels.length;
  const errors = { squared: new Float64Array(count), relative: new Float64Array(count) };
  let at = 0;
  for (const rows of batchesOf(inOrder(count), BATCH)) {
    const batch: Tensor = { shape: [rows.length, ...train.shape.slice(1)], data: train.gather(rows) };
    const given = unitInput(input, batch);
    const redrawn = unitInput(input, await reconstruct(batch));
    for (let i = 0; i < rows.length; i++) {
      for (const name of errorNames) {
        errors[name][at + i] = reconstructionErrors[name](rowOf(given, i), rowOf(redrawn, i));
      }
    }
    at += rows.length;
  }
  const known = errorNames.map((name) => {
    const sorted = errors[name].toSorted();
    return [name, ERROR_SHARES.map((share) => quantile(sorted, share))] as const;
  });
  return { shares: [...ERROR_SHARES], ...(Object.fromEntries(known) as Omit<TrainingErrors, 'shares'>) };
}
