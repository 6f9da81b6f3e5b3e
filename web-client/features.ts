import { SennError } from '../core/errors.ts';
import type { Manifest } from '../core/manifest.ts';
import { featureRow } from '../core/tables/features.ts';
import type { Tensor } from '../core/tensor.ts';

/**
 * A row of a table as the model takes it, by the same rule as the server's: every feature by its name, in its own unit.
 * A value outside the range of the manifest is taken, and extrapolated.
 * @param input the manifest's `input`
 * @returns `[1, F]`, in the features' own units
 * @throws unsupported_input for a model that takes images; invalid_features when one is missing, unknown or no number
 * @example
 * const row = featuresToTensor({ Number_of_Priors: 3, Female: 0, … }, model.manifest.input);
 * const [prediction] = await model.predict(row);
 */
export function featuresToTensor(values: Readonly<Record<string, number>>, input: Manifest['input']): Tensor {
  if (input.kind !== 'tabular') {
    throw new SennError('unsupported_input', 'featuresToTensor: the model takes images, not features');
  }
  return featureRow(values, 'featuresToTensor', input);
}
