import { describe, expect, it } from 'vitest';
import { contributions } from '../../../core/attributions/contributions.ts';
import { random } from '../../../core/attributions/random.ts';
import { usualInput } from '../../../core/attributions/shared/baseline.ts';
import { normal, truncatedNormal, uniform } from '../../../core/attributions/shared/draw.ts';
import { leastSquares, ridge } from '../../../core/attributions/shared/least-squares.ts';
import { createPredictor } from '../../../core/predictor.ts';
import { randomStream } from '../../../core/random.ts';
import { tensor } from '../../../core/tensor.ts';
import { expectClose } from '../../helpers/close.ts';
import { fakeManifest, fakeSessions } from '../../helpers/fake-model.ts';
import { conceptWith, linearModel } from '../../helpers/linear-model.ts';
import { imageOf, inputsOf, linear, modelOf, tableOf } from './models.ts';

describe('drawn numbers', () => {
  const stream = randomStream(0);
  const drawn = (draw: () => number): number[] => Array.from({ length: 20_000 }, draw);
  const moments = (values: number[]) => {
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    return [mean, Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length)];
  };

  it('are uniform, normal, or normal within bounds, by their moments', () => {
    expectClose(moments(drawn(() => uniform(stream))), [0.5, Math.sqrt(1 / 12)], { absolute: 0.01 });
    expectClose(moments(drawn(() => normal(stream))), [0, 1], { absolute: 0.03 });
    // Of a standard normal in [−1, 1]: variance 1 − 2·φ(1)/(2·Φ(1) − 1).
    const narrow = { low: -1, high: 1, mean: 0, deviation: 1 };
    expectClose(moments(drawn(() => truncatedNormal(stream, narrow))), [0, Math.sqrt(0.29112)], { absolute: 0.02 });
    // Half a normal, of which the mean is √(2/π) and the variance 1 − 2/π.
    const half = { low: 0, high: 50, mean: 0, deviation: 1 };
    expectClose(
      moments(drawn(() => truncatedNormal(stream, half))),
      [Math.sqrt(2 / Math.PI), Math.sqrt(1 - 2 / Math.PI)],
      {
        absolute: 0.02,
      },
    );
    const flat = { low: 2, high: 4, mean: 3, deviation: Number.POSITIVE_INFINITY };
    expectClose(moments(drawn(() => truncatedNormal(stream, flat))), [3, Math.sqrt(1 / 3)], { absolute: 0.02 });
  });

  it('stay within bounds, and are the mean where nothing varies', () => {
    const within = { low: 1, high: 2, mean: 1.9, deviation: 3 };
    expect(drawn(() => truncatedNormal(stream, within)).every((value) => value >= 1 && value <= 2)).toBe(true);
    expect(truncatedNormal(stream, { low: 0, high: 1, mean: 1 + 1e-15, deviation: 1e-16 })).toBe(1);
    expect(truncatedNormal(stream, { low: 5, high: 5, mean: 5, deviation: 0 })).toBe(5);
  });
});

describe('least squares', () => {
  const rows = [
    [1, 0],
    [0, 1],
    [1, 1],
    [2, 1],
  ];
  const observations = (target: (row: number[]) => number) => ({
    count: rows.length,
    width: 2,
    values: (i: number, row: Float64Array) => row.set(rows[i] as number[]),
    target: (i: number) => target(rows[i] as number[]),
    weight: (i: number) => i + 1,
  });

  it('finds the plane that the values are of, with an intercept or without', () => {
    expectClose([...leastSquares(observations(([a = 0, b = 0]) => 2 * a - 3 * b))], [2, -3], { absolute: 1e-12 });
    expectClose(
      [
        ...ridge(
          observations(([a = 0, b = 0]) => 7 + 2 * a - 3 * b),
          0,
        ),
      ],
      [2, -3],
      { absolute: 1e-12 },
    );
  });

  it('shrinks by the ridge: Σw·(x − x̄)·(y − ȳ) / (Σw·(x − x̄)² + alpha) of one value', () => {
    const one = {
      count: 2,
      width: 1,
      values: (i: number, row: Float64Array) => row.fill(i),
      target: (i: number) => 6 * i,
      weight: () => 1,
    };
    expectClose([...ridge(one, 0.5)], [3], { absolute: 1e-12 });
  });

  it('gives 0 to a value that is always the same', () => {
    const still = { ...observations(([a = 0]) => a), values: (_: number, row: Float64Array) => row.set([1, 0]) };
    expect([...leastSquares(still)][1]).toBe(0);
  });
});

describe('the usual input', () => {
  const table = {
    kind: 'tabular' as const,
    features: [
      { name: 'b', range: [0, 4] as [number, number] },
      { name: 'a', range: [0, 8] as [number, number] },
    ],
  };

  it('is what the decoder makes of the means of concepts that are the features', async () => {
    const concepts = [conceptWith('a', [0, 0, 0, 1, 1], 2), conceptWith('b', [0, 0, 0, 1, 1], 3)];
    const { predictor } = linearModel({
      manifest: { input: table, concepts },
      decode: ([a = 0, b = 0]) => [b, 10 * a],
    });
    expect([...(await usualInput(predictor)).data]).toEqual([3, 20]);
  });

  it('is the mean of the training rows where concepts are anything else, else the middle of the ranges', async () => {
    const learned = ['first', 'second'].map((name) => conceptWith(name, [0, 0, 0, 1, 1], 2));
    const { predictor } = linearModel({ manifest: { input: table, concepts: learned } });
    const training = tensor(Float32Array.of(1, 2, 3, 6), [2, 2]);
    expect([...(await usualInput(predictor, training)).data]).toEqual([2, 4]);
    expect([...(await usualInput(predictor)).data]).toEqual([2, 4]);
    expect([...(await usualInput(predictor, tensor(Float32Array.of(0, 1), [1, 2]))).data]).toEqual([0, 1]);
  });
});

describe("the model's own contributions", () => {
  it('are those of the class that is asked about', async () => {
    const predictor = createPredictor(fakeManifest, fakeSessions());
    const input = tensor(Float32Array.of(1, 2, 3, 4, 0, 1, 0, 1), [2, 1, 2, 2]);
    const { values } = await contributions.attribute(predictor, input, Int32Array.of(2, 0), {
      randomOf: () => randomStream(0),
    });
    const [first, second] = await predictor.predict(input);
    expect(values.shape).toEqual([2, 2]);
    const expected = [first?.contributions.map((row) => row[2]), second?.contributions.map((row) => row[0])].flat();
    expect([...values.data]).toEqual(expected);
  });
});

describe('the random explanation', () => {
  it('asks nothing of the model, and is drawn anew for each input', async () => {
    const { predictor, sessions } = modelOf(tableOf(500), linear);
    const input = inputsOf(2, [500]);
    const stream = randomStream(0);
    const { values } = await random.attribute(predictor, input, new Int32Array(2), { randomOf: () => stream });
    expect(sessions.conceptizer.runs).toEqual([]);
    expect(new Set(values.data).size).toBe(1000);
    expectClose(values.data.reduce((sum, value) => sum + value ** 2, 0) / 1000, 1, { absolute: 0.15 });
  });

  it('gives all pixels of a superpixel the same', async () => {
    const { predictor } = modelOf(imageOf(8), linear);
    const { values } = await random.attribute(predictor, inputsOf(1, [1, 8, 8]), new Int32Array(1), {
      randomOf: () => randomStream(0),
    });
    expect(new Set(values.data).size).toBeLessThanOrEqual(4);
  });
});
