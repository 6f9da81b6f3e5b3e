import { SennError } from '../errors.ts';
import type { Manifest } from '../manifest.ts';
import type { Tensor } from '../tensor.ts';
import { nearestName } from '../text/did-you-mean.ts';

/**
 * Named features as a model's input: the one check of names and values, for the server, the browser and the command.
 */

export type TabularInput = Extract<Manifest['input'], { kind: 'tabular' }>;

/** The most names that one error lists, of those a request gave and those the model expects, and characters of each. */
const MOST = { given: 10, expected: 100, characters: 100 } as const;

const shortest = (names: readonly string[], most: number): string[] =>
  names.slice(0, most).map((name) => name.slice(0, MOST.characters));

function listed(names: readonly string[], most: number, described = (name: string): string => name): string {
  const more = names.length > most ? ` and ${names.length - most} more` : '';
  return `${shortest(names, most).map(described).join(', ')}${more}`;
}

/**
 * Named features in the order the model takes them.
 * @param values one number a feature, in the feature's own unit
 * @param where names them in errors
 * @returns `[1, F]` in the features' own units
 * @throws invalid_features when one is missing, unknown, or not a number that float32 holds
 */
export function featureRow(
  values: Readonly<Record<string, number>>,
  where: string,
  { features }: Pick<TabularInput, 'features'>,
): Tensor {
  const expected = features.map(({ name }) => name);
  checkNames(values, where, expected);
  const odd = expected.find((name) => !Number.isFinite(Math.fround(values[name] as number)));
  if (odd !== undefined) {
    const value = values[odd];
    throw new SennError('invalid_features', `${where}: ${odd} must be a finite float32, got ${value}`, {
      feature: odd,
      value: String(value),
    });
  }
  return { shape: [1, expected.length], data: Float32Array.from(expected, (name) => values[name] as number) };
}

function checkNames(values: Readonly<Record<string, number>>, where: string, expected: readonly string[]): void {
  const known = new Set(expected);
  const missing = expected.filter((name) => !Object.hasOwn(values, name));
  const unknown = Object.keys(values).filter((name) => !known.has(name));
  if (missing.length === 0 && unknown.length === 0) return;
  const withHint = (name: string): string => {
    const meant = nearestName(name, expected);
    return meant === undefined ? name : `${name} (did you mean ${meant}?)`;
  };
  const faults = [
    ...(missing.length > 0 ? [`missing ${listed(missing, MOST.expected)}`] : []),
    ...(unknown.length > 0 ? [`unknown ${listed(unknown, MOST.given, withHint)}`] : []),
    `the model takes ${listed(expected, MOST.expected)}`,
  ];
  throw new SennError('invalid_features', `${where}: ${faults.join('; ')}`, {
    missing: shortest(missing, MOST.expected),
    unknown: shortest(unknown, MOST.given),
    expected: shortest(expected, MOST.expected),
    count: { missing: missing.length, unknown: unknown.length, expected: expected.length },
  });
}
