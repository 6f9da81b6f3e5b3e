import { describe, expect, it } from 'vitest';
import { lipschitz } from '../../../../core/metrics/stability/lipschitz.ts';
import { lipschitzRelative } from '../../../../core/metrics/stability/lipschitz-relative.ts';
import { localLinearity } from '../../../../core/metrics/stability/local-linearity.ts';
import { ris } from '../../../../core/metrics/stability/ris.ts';
import { ros } from '../../../../core/metrics/stability/ros.ts';
import { rrs } from '../../../../core/metrics/stability/rrs.ts';
import { sensitivityAvg } from '../../../../core/metrics/stability/sensitivity-avg.ts';
import { sensitivityMax } from '../../../../core/metrics/stability/sensitivity-max.ts';
import { randomStream } from '../../../../core/random.ts';
import { expectClose } from '../../../helpers/close.ts';
import { fakeManifest } from '../../../helpers/fake-model.ts';
import { conceptWith, evidenceOf, type LinearModel } from '../../../helpers/linear-model.ts';

const options = { random: randomStream(0) };
const inputs = [
  [0.5, 0.5],
  [0.9, 0.2],
  [0.3, 0.3],
];
const each = { lipschitz, lipschitzRelative, ris, rrs, ros, sensitivityMax };
const evidence = (model: LinearModel = {}, rows: readonly (readonly number[])[] = inputs) => evidenceOf(rows, model);

describe('random changes within a ball', () => {
  it('change nothing where θ is constant, but the contributions as much as the concepts', async () => {
    const set = await evidence({ weights: [2, 2] });
    expect(await lipschitz.measure(set, options)).toEqual([0, 0, 0]);
    expect(await lipschitzRelative.measure(set, options)).toEqual([0, 0, 0]);
    // h = x and a = 2x: relative changes of input, concepts and explanation are the same
    for (const metric of [ris, rrs]) {
      expectClose((await metric.measure(set, options)) as number[], [1, 1, 1], { relative: 1e-5 });
    }
  });

  it('have the ratio of the slopes where h and θ are linear', async () => {
    // h = x, θ = 3x + 1 for the class that always wins: ‖Δθ‖ = 3‖Δh‖
    const relevances = (x: Float32Array) => [...x].flatMap((value) => [3 * value + 1, -9]);
    const set = await evidence({ relevances });
    expectClose((await lipschitz.measure(set, options)) as number[], [3, 3, 3], { relative: 1e-4 });
    const relative = inputs.map((x) => (3 * Math.hypot(...x)) / Math.hypot(...x.map((value) => 3 * value + 1)));
    expectClose((await lipschitzRelative.measure(set, options)) as number[], relative, { relative: 1e-4 });
  });

  it('see the same model in h·3 and θ/3, but for the estimate with a scale', async () => {
    const tripled: LinearModel = {
      encode: (x) => [...x].map((value) => 3 * value),
      relevances: (x) => [...x].flatMap((value) => [(3 * value + 1) / 3, -3]),
    };
    const [own, other] = [
      await evidence({ relevances: (x) => [...x].flatMap((value) => [3 * value + 1, -9]) }),
      await evidence(tripled),
    ];
    for (const metric of [lipschitzRelative, ris, rrs, ros, sensitivityMax, sensitivityAvg]) {
      const [a, b] = [await metric.measure(own, options), await metric.measure(other, options)];
      expectClose(a as number[], b as number[], { relative: 1e-4 });
    }
    expectClose((await lipschitz.measure(other, options)) as number[], [1 / 3, 1 / 3, 1 / 3], { relative: 1e-4 });
  });

  it('stay within ε and within the range', async () => {
    const seen: number[][] = [];
    const encode = (x: Float32Array) => {
      seen.push([...x]);
      return [...x];
    };
    const { ball } = await evidence({ encode }, [[0.02, 0.5]]);
    expect(await ball()).toHaveLength(1);
    const [own, ...changed] = seen;
    expect(own).toEqual([Math.fround(0.02), 0.5]);
    expect(changed).toHaveLength(20);
    for (const [first = 0, second = 0] of changed) {
      expect(first).toBeGreaterThanOrEqual(0);
      expect(first).toBeLessThanOrEqual(0.12 + 1e-6);
      expect(Math.abs(second - 0.5)).toBeLessThanOrEqual(0.1 + 1e-6);
    }
    expect(Math.max(...changed.map(([first = 0]) => first))).toBeGreaterThan(0.09);
    await ball();
    expect(seen).toHaveLength(21);
  });

  it('are in units of the range of a feature', async () => {
    const features = ['a', 'b'].map((name) => ({ name, range: [0, 1000] as [number, number] }));
    const { ball } = await evidenceOf([[500, 500]], { manifest: { input: { kind: 'tabular', features } } });
    const shifts = (await ball()).flat().map(({ concepts }) => concepts);
    expect(Math.max(...shifts)).toBeGreaterThan(50);
    expect(Math.max(...shifts)).toBeLessThanOrEqual(100 * Math.SQRT2);
  });

  it('pass over another class where it is asked for the same', async () => {
    // z = x₀ − x₁ beside 0: the class changes within the ball of the first input, but not of the second
    const set = await evidence({ weights: [1, -1] }, [
      [0.5, 0.5],
      [0.9, 0.1],
    ]);
    const changes = await set.ball();
    expect(changes[0]?.some(({ sameClass }) => !sameClass)).toBe(true);
    expect(changes[1]?.every(({ sameClass }) => sameClass)).toBe(true);
    expect((await ris.measure(set, options)) as number[]).not.toContain(null);
  });

  it.each(Object.entries(each))('have no value where the explanation is 0: %s', async (_, metric) => {
    const set = await evidence({ weights: [0, 0], encode: () => [0, 0] });
    expect(await metric.measure(set, options)).toEqual([null, null, null]);
  });

  it('have no value where the concepts stay and θ does not', async () => {
    const set = await evidence({ encode: () => [1, 1], relevances: ([a = 0, b = 0]) => [a, 0, b, 0] });
    expect(await lipschitz.measure(set, options)).toEqual([null, null, null]);
  });

  it('of sensitivity have the mean below the largest', async () => {
    const set = await evidence();
    const [most, mean] = [await sensitivityMax.measure(set, options), await sensitivityAvg.measure(set, options)];
    (mean as number[]).forEach((value, n) => {
      expect(value).toBeLessThan((most as number[])[n] as number);
    });
  });
});

describe('local-linearity', () => {
  const reading = (inputsOfTheta: 'input' | 'concepts'): LinearModel['manifest'] => ({
    graphs: {
      ...fakeManifest.graphs,
      parameterizer: { ...fakeManifest.graphs.parameterizer, inputs: [inputsOfTheta] } as never,
    },
    concepts: [conceptWith('a', [-2, -1, 0, 1, 2], 0), conceptWith('b', [-2, -1, 0, 1, 2], 0)],
  });

  it('is 0 for a constant θ', async () => {
    expect(await localLinearity.measure(await evidence({ manifest: reading('concepts') as never }), options)).toEqual([
      0, 0, 0,
    ]);
  });

  it('is ‖Σ h_k ∇θ_k‖ / ‖θ‖', async () => {
    // θ = (h₁ + 1, h₀ + 1): f = 2h₀h₁ + h₀ + h₁, ∇f − θ = (h₁, h₀)
    const relevances = ([a = 0, b = 0]: Float32Array) => [b + 1, -9, a + 1, -9];
    const values = await localLinearity.measure(
      await evidence({ relevances, manifest: reading('concepts') as never }),
      options,
    );
    const expected = inputs.map(([a = 0, b = 0]) => Math.hypot(b, a) / Math.hypot(b + 1, a + 1));
    expectClose(values as number[], expected, { relative: 1e-4 });
  });

  it('has no value where θ reads the input', async () => {
    expect(
      await localLinearity.measure(await evidence({ manifest: reading('input') as never }), options),
    ).toMatchObject({ value: null });
  });
});
