import { describe, expect, it } from 'vitest';
import { binOf, surroundingsOf } from '../../../core/attributions/lime/surroundings.ts';
import { lime } from '../../../core/attributions/lime.ts';
import { partsOf } from '../../../core/attributions/shared/parts.ts';
import { randomStream } from '../../../core/random.ts';
import { rowOf, tensor } from '../../../core/tensor.ts';
import { expectClose } from '../../helpers/close.ts';
import { imageOf, modelOf, tableOf } from './models.ts';

/** Logits of which the first class's probability is p. */
const withProbability = (p: number): readonly [number, number] => [Math.log(p), Math.log(1 - p)];

const weights = [0.02, -0.03, 0, 0.01];
const ofTable = (row: Float32Array): number => row.reduce((sum, x, f) => sum + (weights[f] as number) * x, 0.5);

/** 0, 1, … 7 in each column, shuffled by column. */
const training = tensor(
  Float32Array.from({ length: 32 }, (_, i) => (Math.floor(i / 4) * (2 * (i % 4) + 1)) % 8),
  [8, 4],
);

/** Mean of a normal of deviation ½ that is kept to [low, high], by the midpoint rule. */
function truncatedMean(low: number, high: number, mean: number): number {
  let [sum, mass] = [0, 0];
  for (let i = 0; i < 1000; i++) {
    const x = low + ((i + 0.5) / 1000) * (high - low);
    const density = Math.exp(-2 * (x - mean) ** 2);
    sum += x * density;
    mass += density;
  }
  return sum / mass;
}

describe('LIME of tables', () => {
  const input = tensor(Float32Array.of(0, 7, 3, 5), [1, 4]);
  const explain = async (seed: number, queries?: number) => {
    const { predictor, sessions } = modelOf(tableOf(4), (row) => withProbability(ofTable(row)));
    const options = { randomOf: () => randomStream(seed), training, queries };
    const { values } = await lime.attribute(predictor, input, Int32Array.of(0), options);
    return { values: Array.from(values.data), rows: sessions.conceptizer.runs.reduce((sum, n) => sum + n, 0) };
  };

  it('is w·(mean of the own quarter − mean of the others) of a probability that is linear', async () => {
    // Quarters of 0 … 7 are {0, 1}, {2, 3}, {4, 5}, {6, 7}, which numpy's quartiles part at 1.75, 3.5 and 5.25.
    const means = [
      truncatedMean(0, 1.75, 0.5),
      truncatedMean(1.75, 3.5, 2.5),
      truncatedMean(3.5, 5.25, 4.5),
      truncatedMean(5.25, 7, 6.5),
    ];
    const total = means.reduce((sum, mean) => sum + mean, 0);
    const runs = await Promise.all([1, 2].map((seed) => explain(seed)));
    const mean = [0, 1, 2, 3].map((f) =>
      runs.reduce((sum, { values }) => sum + (values[f] as number) / runs.length, 0),
    );
    const expected = [0, 3, 1, 2].map((own, f) => {
      const here = means[own] as number;
      return (weights[f] as number) * (here - (total - here) / 3);
    });
    expectClose(mean, expected, { absolute: 0.004 });
  });

  it('asks 5,000 rows of the model, or as many as are allowed', async () => {
    expect((await explain(0)).rows).toBe(5000);
    expect((await explain(0, 100)).rows).toBe(100);
    expect((await explain(0, 1)).rows).toBe(lime.queries({ input: tableOf(4) }, 1));
  });

  it('gives the same seed the same values, and another seed others', async () => {
    expect((await explain(1)).values).toEqual((await explain(1)).values);
    expect((await explain(1)).values).not.toEqual((await explain(2)).values);
  });

  it('takes quarters of the ranges where it is given no training rows', async () => {
    const { predictor } = modelOf(tableOf(2), ([a = 0, b = 0]) => withProbability(0.5 + 0.2 * a - 0.1 * b));
    const row = tensor(Float32Array.of(1, 0), [1, 2]);
    const { values } = await lime.attribute(predictor, row, Int32Array.of(0), { randomOf: () => randomStream(0) });
    expectClose([...values.data], [0.2 * (0.875 - 0.375), -0.1 * (0.125 - 0.625)], { absolute: 0.006 });
  });
});

describe('quartiles', () => {
  const of = (column: number[]) => {
    const rows = tensor(Float32Array.from(column), [column.length, 1]);
    const input = tableOf(1);
    if (input.kind !== 'tabular') throw new Error('a table');
    return surroundingsOf(input, rows)[0] ?? expect.fail('no feature');
  };

  it('are those of numpy, with the mean and the deviation of each quarter', () => {
    const { edges, bins } = of([0, 1, 2, 3, 4, 5, 6, 7]);
    expect(edges).toEqual([1.75, 3.5, 5.25]);
    expect(bins.map(({ mean, deviation, share }) => [mean, deviation, share])).toEqual(
      [0.5, 2.5, 4.5, 6.5].map((mean) => [mean, 0.5, 0.25]),
    );
    expect(bins.map(({ low, high }) => [low, high])).toEqual([
      [0, 1.75],
      [1.75, 3.5],
      [3.5, 5.25],
      [5.25, 7],
    ]);
  });

  it('that are equal are one, as of an indicator, whose two values stay what they are', async () => {
    const one = of([0, 0, 0, 0, 0, 0, 1, 1]);
    expect(one.edges).toEqual([0, 0.25]);
    expect([0, 1].map((value) => binOf(one, value))).toEqual([0, 2]);
    const seen = new Set<number>();
    const { predictor } = modelOf(tableOf(1), (row) => {
      seen.add(row[0] as number);
      return withProbability(0.25 + (row[0] as number) / 2);
    });
    const training = tensor(Float32Array.of(0, 0, 0, 0, 0, 0, 1, 1), [8, 1]);
    const options = { randomOf: () => randomStream(0), training };
    const { values } = await lime.attribute(predictor, tensor(Float32Array.of(1), [1, 1]), Int32Array.of(0), options);
    expect([...seen].sort()).toEqual([0, 1]);
    expectClose(values.data[0] as number, 0.5, { absolute: 0.005 });
  });

  it('hold a column that is always the same', () => {
    const { edges, bins } = of([5, 5, 5]);
    expect(edges).toEqual([5]);
    expect(bins.map(({ share, low, high }) => [share, low, high])).toEqual([
      [1, 5, 5],
      [0, 5, 5],
    ]);
  });
});

describe('LIME of images', () => {
  const weight = (i: number): number => (((i * 7) % 23) - 11) / 20_000;
  const ofImage = (row: Float32Array): number => row.reduce((sum, x, i) => sum + weight(i) * x, 0.5);

  it('is w·(x − baseline) of each superpixel where the probability is linear, up to the ridge', async () => {
    const description = imageOf(12);
    const { predictor, sessions } = modelOf(description, (row) => withProbability(ofImage(row)));
    // Of one grey, so that the superpixels are the nine squares of the grid.
    const input = tensor(new Float32Array(144).fill(0.5), [1, 1, 12, 12]);
    // Many samples, so that a ridge of 1 shrinks them by little.
    const options = { randomOf: () => randomStream(0), queries: 4000 };
    const { values } = await lime.attribute(predictor, input, Int32Array.of(0), options);
    expect(sessions.conceptizer.runs.reduce((sum, n) => sum + n, 0)).toBe(4000);
    const parts = partsOf({ input: description }, rowOf(input, 0));
    expect(parts).toHaveLength(9);
    const sums = (of: (pixel: number) => number): number[] =>
      parts.map(({ features }) => features.reduce((sum, pixel) => sum + of(pixel), 0));
    const expected = sums((pixel) => weight(pixel) * (input.data[pixel] as number));
    const largest = Math.max(...expected.map(Math.abs));
    expectClose(
      sums((pixel) => values.data[pixel] as number),
      expected,
      { absolute: 0.02 * largest },
    );
  });

  it('asks 1,000 images of the model', async () => {
    expect(lime.queries({ input: imageOf(28) })).toBe(1000);
  });
});
