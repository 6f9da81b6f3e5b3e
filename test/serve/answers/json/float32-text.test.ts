import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MOST_BYTES, writeFloat32 } from '../../../../serve/answers/json/float32-text.ts';

function textOf(value: number): string {
  const out = new Uint8Array(3 + MOST_BYTES);
  const end = writeFloat32(out, 3, [value], 0);
  expect(end).toBeLessThanOrEqual(out.length);
  return Buffer.from(out.subarray(3, end)).toString('latin1');
}

/** By JavaScript's own digits: the fewest that are the same float32. */
function shortest(value: number): string {
  const digits = [1, 2, 3, 4, 5, 6, 7, 8, 9].find((n) => Math.fround(Number(value.toPrecision(n))) === value) ?? 9;
  return String(Number(value.toPrecision(digits)));
}

const float32 = fc.float({ noNaN: true, noDefaultInfinity: true });
/** What activations, logits and probabilities are like: random bits are mostly far smaller or larger. */
const usual = fc
  .tuple(fc.double({ min: -1, max: 1, noNaN: true }), fc.integer({ min: -12, max: 9 }))
  .map(([mantissa, exponent]) => Math.fround(mantissa * 10 ** exponent));

describe('a float32 as text', () => {
  it.each([
    ['0', 0],
    ['0', -0],
    ['1', 1],
    ['null', Number.NaN],
    ['null', Number.NEGATIVE_INFINITY],
    ['-7', -7],
    ['0.5', 0.5],
    ['0.1', Math.fround(0.1)],
    ['0.01', Math.fround(0.01)],
    ['0.33333334', 1 / 3],
    ['3.1415927', Math.PI],
    ['100', 100],
    ['255', 255],
    ['16777216', 2 ** 24],
    ['123456789', 123456789],
    ['-4294967297', -(2 ** 32) - 1],
    ['9007199254740991', Number.MAX_SAFE_INTEGER],
    ['1000000000', 1e9],
    ['0.000001', Math.fround(1e-6)],
    ['1e-7', Math.fround(1e-7)],
    ['-1.5e-9', Math.fround(-1.5e-9)],
    ['1e-13', Math.fround(1e-13)],
    ['1.2345678e-14', Math.fround(1.2345678e-14)],
    ['1e-45', Math.fround(1e-45)],
    ['3.4028235e+38', Math.fround(3.4028234663852886e38)],
  ])('%s', (text, value) => {
    expect(textOf(value)).toBe(text);
  });

  it.each([
    ['random bits', float32],
    ['usual values', usual],
  ])('of %s reads back as the same float32, and has no digit too many', (_what, values) => {
    fc.assert(
      fc.property(values, (value) => {
        const text = textOf(value);
        expect(Math.fround(JSON.parse(text))).toBe(value === 0 ? 0 : value);
        if (!Number.isInteger(value)) expect(text.length).toBeLessThanOrEqual(shortest(value).length);
      }),
      { numRuns: 5000 },
    );
  });

  it('rounds a double that is not whole to float32, and keeps what is too large for one', () => {
    fc.assert(
      fc.property(fc.double({ min: -3.4e38, max: 3.4e38, noNaN: true }), (value) => {
        expect(Math.fround(JSON.parse(textOf(value)))).toBe(Math.fround(value) === 0 ? 0 : Math.fround(value));
      }),
      { numRuns: 5000 },
    );
    expect(textOf(1e60)).toBe('1e+60');
    expect(textOf(-1.5e300)).toBe('-1.5e+300');
  });
});
