import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { aggregate, contributionsOf } from '../../../../core/artefacts/explanation.ts';
import { complementsWithoutEach } from '../../../../core/metrics/shared/drop-correlation.ts';
import { complement } from '../../../../core/metrics/shared/probability.ts';

describe('complementsWithoutEach', () => {
  it('is to the last bit what the logits less each row of contributions give', () => {
    const figures = (length: number) =>
      fc.array(fc.float({ min: -30, max: 30, noNaN: true }), { minLength: length, maxLength: length });
    const [K, C] = [4, 3];
    fc.assert(
      fc.property(figures(K), figures(K * C), fc.integer({ min: 0, max: C - 1 }), (h, theta, c) => {
        const contributions = contributionsOf(h, theta);
        const logits = aggregate(contributions);
        const without = contributions.map((row) => logits.map((logit, i) => logit - (row[i] as number)));
        const expected = [logits, ...without].map((left) => complement(left, c));
        expect(complementsWithoutEach(Float32Array.from(h), Float32Array.from(theta), c)).toEqual(expected);
      }),
    );
  });
});
