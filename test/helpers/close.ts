import { expect } from 'vitest';

/** The one matcher for figures; it says its tolerance. */

export interface Tolerance {
  readonly absolute?: number;
  readonly relative?: number;
}

/** A number, or numbers in any nesting of arrays and typed arrays. */
export type Numeric = number | ArrayLike<number> | readonly Numeric[];

interface Leaf {
  readonly path: string;
  readonly value: number;
}

function leavesOf(value: Numeric, path = ''): Leaf[] {
  if (typeof value === 'number') return [{ path, value }];
  return Array.from(value as ArrayLike<Numeric>).flatMap((part, i) => leavesOf(part, `${path}[${i}]`));
}

/**
 * The one matcher for figures: every `|actual − expected| ≤ absolute + relative·|expected|`, default 1e-9 and 1e-9.
 * Shapes must match, and NaN is close to nothing; equal infinities are close.
 */
export function expectClose(
  actual: Numeric,
  expected: Numeric,
  { absolute = 1e-9, relative = 1e-9 }: Tolerance = {},
): void {
  const a = leavesOf(actual);
  const e = leavesOf(expected);
  expect(
    a.map(({ path }) => path),
    'shapes must match',
  ).toEqual(e.map(({ path }) => path));
  e.forEach(({ path, value }, i) => {
    const got = (a[i] as Leaf).value;
    const close = got === value || Math.abs(got - value) <= absolute + relative * Math.abs(value);
    if (!close) {
      expect.fail(`value${path}: got ${got}, expected ${value} within ${absolute} + ${relative}·|${value}|`);
    }
  });
}
