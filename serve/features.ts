import { SennError } from '../core/errors.ts';
import type { Manifest } from '../core/manifest.ts';
import type { Tensor } from '../core/tensor.ts';

type TabularInput = Extract<Manifest['input'], { kind: 'tabular' }>;

/**
 * Named features in the order the model takes them.
 * @returns `[1, F]` in the features' own units
 * @throws invalid_features when one is missing or unknown
 */
export function featureRow(
  values: Readonly<Record<string, number>>,
  where: string,
  { features }: Pick<TabularInput, 'features'>,
): Tensor {
  const expected = features.map(({ name }) => name);
  const missing = expected.filter((name) => !Object.hasOwn(values, name));
  const unknown = Object.keys(values).filter((name) => !expected.includes(name));
  if (missing.length > 0 || unknown.length > 0) {
    const faults = [
      ...(missing.length > 0 ? [`missing ${missing.join(', ')}`] : []),
      ...(unknown.length > 0 ? [`unknown ${unknown.join(', ')}`] : []),
    ];
    throw new SennError('invalid_features', `${where}: ${faults.join('; ')}; the model takes ${expected.join(', ')}`, {
      missing,
      unknown,
      expected,
    });
  }
  return { shape: [1, expected.length], data: Float32Array.from(expected, (name) => values[name] as number) };
}
