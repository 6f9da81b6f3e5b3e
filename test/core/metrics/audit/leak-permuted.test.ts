import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { leakPermuted, permutedAccuracy } from '../../../../core/metrics/audit/leak-permuted.ts';
import type { SetValue } from '../../../../core/metrics/metric.ts';
import { randomStream } from '../../../../core/random.ts';
import { expectClose } from '../../../helpers/close.ts';
import { anyExplanations, explanationsFrom } from '../../../helpers/explanations.ts';

const N = 600;
const labels = Int32Array.from({ length: N }, (_, n) => n % 3);
const oneHot = (c: number) => [0, 1, 2].map((other) => (other === c ? 1 : 0));
const identity = [0, 1, 2].map(oneHot);
const x = Array.from(labels, (_, n) => [n / N]);

const measure = async (explanations: ReturnType<typeof explanationsFrom>, of = labels, seed = 1) =>
  (await leakPermuted.measure({ explanations, labels: of }, { random: randomStream(seed) })) as SetValue;

describe('permutedAccuracy', () => {
  it('takes relevances of the input and concepts of another: two inputs that swap', () => {
    // Logits of x₀ with h of x₁: (2·3, 1·3); of x₁ with h of x₀: (−1·1, 4·1).
    const explanations = explanationsFrom([[0], [1]], [[1], [3]], [[[2, 1]], [[-1, 4]]]);
    expect(permutedAccuracy(explanations, Int32Array.of(0, 1), Int32Array.of(1, 0))).toBe(1);
    expect(permutedAccuracy(explanations, Int32Array.of(1, 1), Int32Array.of(1, 0))).toBe(0.5);
  });

  it('is the accuracy of the model where nothing is moved', () => {
    fc.assert(
      fc.property(anyExplanations, ({ x: inputs, h, theta }) => {
        const explanations = explanationsFrom(inputs, h, theta);
        const order = Int32Array.from(inputs, (_, n) => n);
        expect(permutedAccuracy(explanations, explanations.predicted, order)).toBe(1);
      }),
    );
  });
});

describe('leak.permuted', () => {
  it('falls to its floor where constant relevances read the class off the concepts', async () => {
    const h = Array.from(labels, oneHot);
    const { value, figures } = await measure(
      explanationsFrom(
        x,
        h,
        h.map(() => identity),
      ),
    );
    expectClose(value, 1 / 3, { absolute: 0.05 });
    expectClose([figures?.['floor'], figures?.['accuracy']] as number[], [1 / 3, 1]);
  });

  it('stays at the accuracy where relevances decide and the concepts are constant', async () => {
    const theta = Array.from(labels, (c) => [oneHot(c)]);
    const explanations = explanationsFrom(
      x,
      x.map(() => [1]),
      theta,
    );
    const { value, figures } = await measure(explanations);
    expect([value, figures?.['accuracy']]).toEqual([1, 1]);
    const wrong = labels.map((c, n) => (n < N / 4 ? (c + 1) % 3 : c));
    expect((await measure(explanations, wrong)).value).toBe(3 / 4);
  });

  it('is the mean of five permutations, the same again for the same seed', async () => {
    const h = Array.from(labels, oneHot);
    const explanations = explanationsFrom(
      x,
      h,
      h.map(() => identity),
    );
    const random = randomStream(7);
    const each = Array.from({ length: 5 }, () => permutedAccuracy(explanations, labels, random.permutation(N)));
    const { value } = await measure(explanations, labels, 7);
    expectClose(value, each.reduce((sum, one) => sum + one, 0) / 5);
    expect(new Set(each).size).toBeGreaterThan(1);
  });

  it('has no value for one input', async () => {
    const explanations = explanationsFrom([[0]], [[1]], [[[1, 0]]]);
    const result = await leakPermuted.measure({ explanations, labels: Int32Array.of(0) }, { random: randomStream(0) });
    expect(result).toMatchObject({ value: null, reason: expect.stringContaining('one input') });
  });
});
