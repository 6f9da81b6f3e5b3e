import { describe, expect, it } from 'vitest';
import type { Concept } from '../../../core/manifest.ts';
import { leaningOf, placeOf } from '../../../core/reasons/leaning.ts';

const concept: Concept = {
  name: 'skewed',
  quantiles: { q05: -1, q25: -0.5, q50: -0.25, q75: 1, q95: 3 },
  mean: 0,
  deviation: 1,
  prototypes: [0],
};

describe('the place of an activation between the ends', () => {
  it('is the middle for the usual one, and at q₀₅ and q₉₅ an end', () => {
    expect([-1, 0, 3].map((h) => placeOf(concept, h))).toEqual([0, 0.5, 1]);
    expect([-9, 9].map((h) => placeOf(concept, h))).toEqual([0, 1]);
  });

  it('is in proportion on either side', () => {
    expect(placeOf(concept, -0.5)).toBeCloseTo(0.25, 12);
    expect(placeOf(concept, 1.5)).toBeCloseTo(0.75, 12);
  });

  it('lies on the side that the words say', () => {
    for (const h of [-2, -0.6, -0.1, 0.1, 0.9, 2]) {
      expect(placeOf(concept, h) < 0.5 ? 'low' : 'high').toBe(leaningOf(concept, h)?.end);
    }
  });

  it('is an end where there is no range to that side', () => {
    expect(placeOf({ ...concept, mean: 3 }, 3.5)).toBe(1);
  });
});
