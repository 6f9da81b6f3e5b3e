import { describe, expect, it } from 'vitest';
import { binomial, everyCoalition, shapleyValues } from '../../../core/attributions/kernel-shap/game.ts';
import { regressedValues, sampleCoalitions } from '../../../core/attributions/kernel-shap/sample.ts';
import { kernelShap } from '../../../core/attributions/kernel-shap.ts';
import { randomStream } from '../../../core/random.ts';
import { type Tensor, tensor } from '../../../core/tensor.ts';
import { expectClose } from '../../helpers/close.ts';
import { imageOf, inputsOf, linear, modelOf, tableOf, weightOf } from './models.ts';

const attribute = async (
  F: number,
  logit: (x: Float32Array) => number,
  input: Tensor,
  options: { baseline?: Tensor; queries?: number; seed?: number } = {},
) => {
  const { predictor, sessions } = modelOf(tableOf(F), (row) => [logit(row), 0]);
  const baseline = options.baseline ?? tensor(new Float32Array(F), [F]);
  const { seed = 0, queries } = options;
  const asked = { randomOf: () => randomStream(seed), baseline, queries };
  const { values } = await kernelShap.attribute(predictor, input, new Int32Array(input.shape[0] ?? 0), asked);
  return { values: Array.from(values.data), rows: sessions.conceptizer.runs.reduce((sum, n) => sum + n, 0) };
};

/** A model whose features work together: pairs, a triple and a bend, exact in float64 up to rounding of float32. */
const tangled = (x: Float32Array): number => {
  const at = (i: number): number => x[i % x.length] as number;
  let sum = 0;
  for (let i = 0; i < x.length; i++) sum += weightOf(i) * at(i) + at(i) * at(i + 1) - at(i) * at(i + 2) * at(i + 5) * 2;
  return Math.tanh(sum);
};

describe('KernelSHAP', () => {
  it.each([
    [3, 'every coalition'],
    [12, 'every coalition'],
    [15, 'chosen coalitions'],
    [34, 'chosen coalitions'],
  ])('is w·(x − baseline) of a linear model of %i features, by %s', async (F) => {
    const input = inputsOf(2, [F]);
    const baseline = tensor(
      Float32Array.from({ length: F }, (_, f) => -((f * 5) % 7) / 8),
      [F],
    );
    const { values } = await attribute(F, (x) => linear(x)[0], input, { baseline });
    const expected = Array.from(input.data, (x, i) => weightOf(i % F) * (x - (baseline.data[i % F] as number)));
    expectClose(values, expected, { absolute: 1e-5 });
  });

  it.each([5, 12, 20])('sums to f(x) − f(baseline) with %i features that work together', async (F) => {
    const input = inputsOf(1, [F]);
    const { values } = await attribute(F, tangled, input);
    const sum = values.reduce((total, value) => total + value, 0);
    expectClose(sum, tangled(input.data) - tangled(new Float32Array(F)), { absolute: 1e-6 });
  });

  it.each([4, 14])('gives features that do the same the same, and one that does nothing 0, of %i', async (F) => {
    const input = tensor(new Float32Array(F).fill(1), [1, F]);
    const { values } = await attribute(F, (x) => 6 * (x[0] as number) * (x[1] as number) * (x[2] as number), input);
    const tolerance = F <= 12 ? 1e-6 : 0.05;
    expectClose(values, [2, 2, 2, ...new Array(F - 3).fill(0)], { absolute: tolerance });
  });

  it('leaves features out that are at the baseline, and asks about no more than the others', async () => {
    const input = tensor(Float32Array.of(1, 0, 1, 0), [1, 4]);
    const { values, rows } = await attribute(4, tangled, input);
    expect([values[1], values[3]]).toEqual([0, 0]);
    expect(rows).toBe(4);
  });

  it('has nothing to share of an input that is the baseline', async () => {
    const { values, rows } = await attribute(3, tangled, tensor(new Float32Array(3), [1, 3]));
    expect([values, rows]).toEqual([[0, 0, 0], 0]);
  });

  it('comes near the exact values where coalitions are chosen, nearer with more of them', async () => {
    const F = 12;
    const input = inputsOf(1, [F]);
    const { values: exact } = await attribute(F, tangled, input);
    const errorOf = async (queries: number): Promise<number> => {
      const runs = await Promise.all([1, 2, 3].map((seed) => attribute(F, tangled, input, { queries, seed })));
      return Math.sqrt(
        runs
          .flatMap(({ values }) => values.map((value, i) => (value - (exact[i] as number)) ** 2))
          .reduce((a, b) => a + b) /
          (F * runs.length),
      );
    };
    const size = Math.sqrt(exact.reduce((sum, value) => sum + value ** 2, 0) / F);
    const [few, many] = [await errorOf(300), await errorOf(2000)];
    expect(few / size).toBeLessThan(0.25);
    expect(many / few).toBeLessThan(0.7);
  });

  it.each([
    [12, undefined, 4096],
    [15, undefined, 2078],
    [15, 200, 200],
    [15, 1, 32],
  ])('of %i features under a bound of %s asks about at most %i rows, as its row says', async (F, queries, most) => {
    const { rows } = await attribute(F, tangled, inputsOf(1, [F]), queries === undefined ? {} : { queries });
    expect(kernelShap.queries({ input: tableOf(F) }, queries)).toBe(most);
    expect(rows).toBeLessThanOrEqual(most);
    expect(rows).toBeGreaterThan(most * 0.9);
  });

  it('gives the same seed the same values, and another seed others', async () => {
    const of = (seed: number) => attribute(14, tangled, inputsOf(1, [14]), { queries: 200, seed });
    expect((await of(1)).values).toEqual((await of(1)).values);
    expect((await of(1)).values).not.toEqual((await of(2)).values);
  });

  it('shares what a superpixel is worth among its pixels', async () => {
    const { predictor } = modelOf(imageOf(16, 3), linear);
    const input = inputsOf(1, [3, 16, 16]);
    const { values } = await kernelShap.attribute(predictor, input, Int32Array.of(0), {
      randomOf: () => randomStream(0),
    });
    expect(values.shape).toEqual([1, 16, 16]);
    const sum = values.data.reduce((total, value) => total + value, 0);
    expectClose(sum, linear(input.data)[0], { absolute: 1e-4 });
  });
});

describe('the game', () => {
  it('shares by all orders: what two bring together is halved, what one brings alone is its own', () => {
    // v = 3·a + 4·b·c
    const worths = Float64Array.from({ length: 8 }, (_, s) => 3 * (s & 1) + 4 * ((s >> 1) & 1) * ((s >> 2) & 1));
    expectClose([...shapleyValues(3, worths)], [3, 2, 2], { absolute: 1e-12 });
    expect([...everyCoalition(2)]).toEqual([0, 0, 1, 0, 0, 1, 1, 1]);
  });

  it.each([3, 4, 7, 8])('is solved by the regression on all coalitions of %i, exactly', (players) => {
    const worth = (mask: ArrayLike<number>): number => tangled(Float32Array.from(mask));
    const every = everyCoalition(players);
    const exact = shapleyValues(
      players,
      Float64Array.from({ length: 2 ** players }, (_, i) => worth(every.subarray(i * players, (i + 1) * players))),
    );
    const coalitions = sampleCoalitions(players, 2 ** players - 2, randomStream(0));
    expect(coalitions.weights).toHaveLength(2 ** players - 2);
    expectClose(
      coalitions.weights.reduce((sum, weight) => sum + weight, 0),
      1,
      { absolute: 1e-12 },
    );
    const worths = Float64Array.from(coalitions.weights, (_, i) =>
      worth(coalitions.masks.subarray(i * players, (i + 1) * players)),
    );
    const game = { players, none: worth(new Array(players).fill(0)), all: worth(new Array(players).fill(1)) };
    expectClose([...regressedValues(game, coalitions, worths)], [...exact], { absolute: 1e-10 });
  });

  it('draws every coalition with its complement, none twice', () => {
    const players = 20;
    const { masks, weights } = sampleCoalitions(players, 1000, randomStream(0));
    const keys = Array.from(weights, (_, i) => masks.subarray(i * players, (i + 1) * players).join(''));
    const seen = new Set(keys);
    expect(seen.size).toBe(keys.length);
    for (const key of keys) expect(seen).toContain(key.replace(/./g, (bit) => (bit === '1' ? '0' : '1')));
    for (const key of keys) expect(['0'.repeat(players), '1'.repeat(players)]).not.toContain(key);
    expectClose(
      weights.reduce((sum, weight) => sum + weight, 0),
      1,
      { absolute: 1e-12 },
    );
  });

  it.each([
    [5, 0, 1],
    [5, 2, 10],
    [30, 15, 155117520],
  ])('counts %i over %i', (n, k, count) => {
    expect(binomial(n, k)).toBe(count);
  });
});
