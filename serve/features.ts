import { SennError } from '../core/errors.ts';
import type { Manifest } from '../core/manifest.ts';
import type { Tensor } from '../core/tensor.ts';

type TabularInput = Extract<Manifest['input'], { kind: 'tabular' }>;

/** Names that one error lists, and characters of each: both come from the request. */
const MOST = { names: 10, characters: 100 } as const;

const shortest = (names: readonly string[]): string[] =>
  names.slice(0, MOST.names).map((name) => name.slice(0, MOST.characters));

function listed(names: readonly string[]): string {
  const more = names.length > MOST.names ? ` and ${names.length - MOST.names} more` : '';
  return `${shortest(names).join(', ')}${more}`;
}

/**
 * Named features in the order the model takes them.
 * @returns `[1, F]` in the features' own units
 * @throws invalid_features when one is missing, unknown, or too large for float32
 */
export function featureRow(
  values: Readonly<Record<string, number>>,
  where: string,
  { features }: Pick<TabularInput, 'features'>,
): Tensor {
  const expected = features.map(({ name }) => name);
  checkNames(values, where, expected);
  const large = expected.find((name) => !Number.isFinite(Math.fround(values[name] as number)));
  if (large !== undefined) {
    const value = values[large];
    throw new SennError('invalid_features', `${where}: ${large} must be a finite float32, got ${value}`, {
      feature: large,
      value,
    });
  }
  return { shape: [1, expected.length], data: Float32Array.from(expected, (name) => values[name] as number) };
}

function checkNames(values: Readonly<Record<string, number>>, where: string, expected: readonly string[]): void {
  const known = new Set(expected);
  const missing = expected.filter((name) => !Object.hasOwn(values, name));
  const unknown = Object.keys(values).filter((name) => !known.has(name));
  if (missing.length === 0 && unknown.length === 0) return;
  const faults = [
    ...(missing.length > 0 ? [`missing ${listed(missing)}`] : []),
    ...(unknown.length > 0 ? [`unknown ${listed(unknown)}`] : []),
  ];
  throw new SennError('invalid_features', `${where}: ${faults.join('; ')}; the model takes ${listed(expected)}`, {
    missing: shortest(missing),
    unknown: shortest(unknown),
    expected: shortest(expected),
    count: { missing: missing.length, unknown: unknown.length, expected: expected.length },
  });
}
