import { describe, expect, it } from 'vitest';
import { accuracy } from '../../../../core/metrics/audit/accuracy.ts';
import { chanceAgreement, chanceOf, classOf, shareRight } from '../../../../core/metrics/audit/decision.ts';
import { randomStream } from '../../../../core/random.ts';
import { expectClose } from '../../../helpers/close.ts';
import { explanationsFrom } from '../../../helpers/explanations.ts';

describe('classOf', () => {
  it('is the class of the largest Σ_k θ[k,c]·h[k], the first of equals', () => {
    // Logits (2·3 + 1·1, 1·3 + 5·1) = (7, 8).
    expect(classOf(Float32Array.of(3, 1), Float32Array.of(2, 1, 1, 5))).toBe(1);
    expect(classOf(Float32Array.of(3, 0), Float32Array.of(2, 1, 1, 5))).toBe(0);
    expect(classOf(Float32Array.of(0, 0), Float32Array.of(2, 1, 1, 5))).toBe(0);
  });
});

it('shareRight is the share of inputs that are given their label', () => {
  expect(shareRight(Int32Array.of(0, 1, 2, 2), () => 2)).toBe(0.5);
});

it('chanceAgreement is Σ_c P(y = c)·P(ŷ = c)', () => {
  expectClose(chanceAgreement(Int32Array.of(0, 0, 0, 1), Int32Array.of(0, 1, 1, 2)), (3 / 4) * (1 / 4) + 1 / 8);
});

it('chanceOf is the share of the most frequent class', () => {
  expect(chanceOf(Int32Array.of(3, 1, 1, 0))).toBe(0.5);
});

it('accuracy counts the inputs that are predicted right, beside chance', async () => {
  const explanations = explanationsFrom([[0], [0], [0], [0]], [[1], [1], [-1], [-1]], Array(4).fill([[1, 0]]));
  const result = await accuracy.measure(
    { predictions: explanations, labels: Int32Array.of(0, 0, 0, 1) },
    { random: randomStream(0) },
  );
  expect(result).toMatchObject({ value: 0.75, figures: { chance: 0.75 } });
});
