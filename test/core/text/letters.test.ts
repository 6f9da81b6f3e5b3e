import { describe, expect, it } from 'vitest';
import { letteredNames } from '../../../core/text/letters.ts';

describe('names by letters', () => {
  it('go on with two after Z, and with three after ZZ, each its own', () => {
    const names = letteredNames('concept', 26 + 26 ** 2 + 1);
    expect([0, 25, 26, 27, 51, 52, 701, 702].map((k) => names[k])).toEqual(
      ['A', 'Z', 'AA', 'AB', 'AZ', 'BA', 'ZZ', 'AAA'].map((letters) => `concept ${letters}`),
    );
    expect(new Set(names).size).toBe(names.length);
  });
});
