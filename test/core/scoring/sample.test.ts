import fc from 'fast-check';
import { expect, it } from 'vitest';
import { chooseInputs, placesOf } from '../../../core/scoring/sample.ts';

/** Which inputs of a set a sample has. */

const placesIn = (total: number, count: number, seed: number): number[] => {
  const chosen = chooseInputs(total, { sample: { count, seed } });
  return Array.from({ length: chosen.count }, (_, i) => chosen.placeOf(i));
};

it('has one of each stretch of the set, so each at most once and in their order', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 500 }), fc.integer({ min: 1, max: 500 }), fc.nat(), (total, count, seed) => {
      const places = placesIn(total, count, seed);
      expect(places).toHaveLength(Math.min(total, count));
      places.forEach((place, i) => {
        expect(place).toBeGreaterThanOrEqual(Math.floor((i * total) / places.length));
        expect(place).toBeLessThan(Math.floor(((i + 1) * total) / places.length));
      });
    }),
  );
});

it('draws each input about as often as any other', () => {
  const counts = Array<number>(10).fill(0);
  for (let seed = 0; seed < 3000; seed++)
    for (const place of placesIn(10, 4, seed)) counts[place] = (counts[place] ?? 0) + 1;
  // stretches of 2, 3, 2 and 3 inputs; six standard deviations of a binomial
  for (const [place, count] of counts.entries()) {
    const share = [0, 1, 5, 6].includes(place) ? 1 / 2 : 1 / 3;
    expect(Math.abs(count - 3000 * share)).toBeLessThan(6 * Math.sqrt(3000 * share * (1 - share)));
  }
});

it('is the whole set in its order where that has no more', () => {
  expect(chooseInputs(3, { sample: { count: 3, seed: 1 } })).not.toHaveProperty('of');
  expect(placesIn(3, 9, 1)).toEqual([0, 1, 2]);
});

it('is found again from the job alone', () => {
  const data = { name: 'a', count: 5, of: 100, digest: '' };
  expect(Array.from({ length: 5 }, (_, i) => placesOf({ data, seed: 8 })(i))).toEqual(placesIn(100, 5, 8));
});
