import type { Manifest } from '../manifest.ts';
import type { Tensor } from '../tensor.ts';

/**
 * A model's inputs in [0, 1]. Images already are; each feature of a table is scaled by its range in the manifest, so
 * that no feature counts for more because its unit is small: (x − low) / (high − low), below 0 or above 1 for a value
 * outside the range. A feature whose range is a point gives 0.
 * @param input `[N, …]` in the model's units
 * @returns `[N, …]`
 */
export function unitInput(description: Manifest['input'], input: Tensor): Tensor {
  if (description.kind === 'image') return input;
  const ranges = description.features.map(({ range }) => range);
  const data = input.data.map((value, i) => {
    const [low, high] = ranges[i % ranges.length] as [number, number];
    return high > low ? (value - low) / (high - low) : 0;
  });
  return { shape: input.shape, data };
}
