import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { featureRow } from '../../../core/tables/features.ts';
import { shortestDecimal } from '../../../core/tables/float32.ts';
import { rangeWarnings } from '../../../core/tables/range-warnings.ts';

const table = {
  kind: 'tabular' as const,
  features: [
    { name: 'age', unit: 'years', range: [20, 70] as [number, number] },
    { name: 'Number_of_Priors', range: [0, 38] as [number, number] },
    { name: 'share', range: [0, 0.1] as [number, number] },
  ],
};

describe('a row of features', () => {
  it('is in the order of the manifest, whatever that of the names', () => {
    const { shape, data } = featureRow({ share: 0.5, Number_of_Priors: 3, age: 40 }, 'here', table);
    expect(shape).toEqual([1, 3]);
    expect(Array.from(data)).toEqual([40, 3, 0.5]);
  });

  it.each([
    [{ age: 1, share: 0 }, 'here: missing Number_of_Priors; the model takes age, Number_of_Priors, share'],
    [
      { age: 1, share: 0, number_of_prior: 2 },
      'here: missing Number_of_Priors; unknown number_of_prior (did you mean Number_of_Priors?); the model takes age, Number_of_Priors, share',
    ],
    [
      { age: 1, share: 0, Number_of_Priors: 2, height: 3 },
      'here: unknown height; the model takes age, Number_of_Priors, share',
    ],
    [{ age: 1e39, share: 0, Number_of_Priors: 2 }, 'here: age must be a finite float32, got 1e+39'],
    [{ age: 1, share: Number.NaN, Number_of_Priors: 2 }, 'here: share must be a finite float32, got NaN'],
  ])('refuses %j and says what is wrong', (values, message) => {
    expect(() => featureRow(values as unknown as Record<string, number>, 'here', table)).toThrow(
      expect.objectContaining({ code: 'invalid_features', message }),
    );
  });

  it('does not take what an object inherits for a feature', () => {
    const input = { features: [{ name: 'toString', range: [0, 1] as [number, number] }] };
    expect(() => featureRow({}, 'here', input)).toThrow('missing toString');
  });
});

describe('warnings', () => {
  it('name the features outside their range, in order, with both values', () => {
    expect(rangeWarnings(Float32Array.of(19, 38, -0.25), table)).toEqual([
      { code: 'out_of_range', feature: 'age', value: 19, range: [20, 70] },
      { code: 'out_of_range', feature: 'share', value: -0.25, range: [0, 0.1] },
    ]);
  });

  it('take the bounds as inside, though float32 rounds 0.1 up', () => {
    expect(Math.fround(0.1)).toBeGreaterThan(0.1);
    expect(rangeWarnings(Float32Array.of(20, 0, 0.1), table)).toEqual([]);
    expect(rangeWarnings(Float32Array.of(70, 38, 0), table)).toEqual([]);
  });

  it('are none for images', () => {
    const image = { kind: 'image', channels: 1, height: 1, width: 2 } as const;
    expect(rangeWarnings(Float32Array.of(5, -5), image)).toEqual([]);
  });
});

describe('the shortest decimal of a float32', () => {
  it.each([0.1, 3, 12345678, -0.25, 1e-7, 3.4e38, 0])('gives %d back', (value) => {
    expect(shortestDecimal(Math.fround(value))).toBe(value);
  });

  it('always stands for the same float32', () => {
    fc.assert(
      fc.property(fc.float({ noNaN: true, noDefaultInfinity: true }), (value) => {
        expect(Math.fround(shortestDecimal(value)) === value).toBe(true);
      }),
    );
  });
});
