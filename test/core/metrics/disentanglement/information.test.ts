import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { binned, entropy, mutualInformation } from '../../../../core/metrics/disentanglement/information.ts';
import { expectClose } from '../../../helpers/close.ts';

const discrete = (size: number, values: readonly number[]) => ({ size, values: Int32Array.from(values) });

describe('entropy', () => {
  it('is log n for n equal weights, whatever their sum, and passes over zeros', () => {
    expectClose(entropy([3, 3, 3, 3]), Math.log(4));
    expectClose(entropy([0.1, 0, 0.1]), Math.log(2));
    expectClose(entropy([1, 3]), Math.log(4) - 0.75 * Math.log(3));
  });

  it('is 0 for a certainty and for no weight at all', () => {
    expect(entropy([0, 7])).toBe(0);
    expect(entropy([0, 0])).toBe(0);
  });
});

describe('binned', () => {
  it('cuts from the least to the greatest value in twenty equal bins, a constant code into one', () => {
    expect([...binned(Float32Array.of(-1, 0.99, -0.75, 1)).values]).toEqual([0, 19, 2, 19]);
    expect([...binned(Float32Array.of(3, 3)).values]).toEqual([0, 0]);
  });
});

describe('mutualInformation', () => {
  it('has the closed form of a binary channel that errs in a quarter of the cases', () => {
    const sent = discrete(2, [0, 0, 0, 0, 1, 1, 1, 1]);
    const received = discrete(2, [0, 0, 0, 1, 0, 1, 1, 1]);
    expectClose(mutualInformation(sent, received), Math.log(2) - entropy([1, 3]));
  });

  it('is symmetric, at least 0, at most either entropy, and the entropy of a variable with itself', () => {
    const pair = fc.array(fc.tuple(fc.integer({ min: 0, max: 4 }), fc.integer({ min: 0, max: 2 })), { minLength: 1 });
    fc.assert(
      fc.property(pair, (rows) => {
        const a = discrete(
          5,
          rows.map(([v]) => v),
        );
        const b = discrete(
          3,
          rows.map(([, v]) => v),
        );
        const information = mutualInformation(a, b);
        expectClose(information, mutualInformation(b, a));
        expect(information).toBeGreaterThanOrEqual(0);
        expect(information).toBeLessThanOrEqual(Math.min(mutualInformation(a, a), mutualInformation(b, b)) + 1e-9);
        const counts = [0, 1, 2].map((v) => rows.filter(([, other]) => other === v).length);
        expectClose(mutualInformation(b, b), entropy(counts));
      }),
    );
  });
});
