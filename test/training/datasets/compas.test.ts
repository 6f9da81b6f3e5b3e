import { describe, expect, it } from 'vitest';
import { compas, compasSource, paperFilter } from '../../../training/datasets/compas.ts';
import { loadDataset } from '../../../training/datasets/index.ts';
import { noScaling } from '../../../training/datasets/scaling.ts';
import type { Table } from '../../../training/datasets/tables/table.ts';
import { classCounts, isAtHand, sizeAtHand, vectorsOf } from './helpers.ts';

const load = (more = {}) => loadDataset(compas.schema.parse({ name: 'compas', ...more }));

/** A table of one feature: rows of `[feature, label]`. */
const tableOf = (rows: readonly (readonly [number, number])[]): Table => ({
  features: [{ name: 'x', scaling: noScaling }],
  classes: ['low', 'high'],
  values: Float32Array.from(rows, ([x]) => x),
  labels: Int32Array.from(rows, ([, label]) => label),
});

/** `ones` rows of class 1 and `zeros` of class 0, all with the same feature. */
const group = (x: number, zeros: number, ones: number) => [
  ...Array.from({ length: zeros }, () => [x, 0] as const),
  ...Array.from({ length: ones }, () => [x, 1] as const),
];

describe("the papers' filter", () => {
  it.each([
    ['a vector that occurs once', group(1, 1, 0), 0],
    ['a unanimous one', group(1, 2, 0), 2],
    ['a clear majority', group(1, 1, 4), 4],
    ['a majority of 0.7, on the limit', group(1, 3, 7), 10],
    ['a tie', group(1, 2, 2), 4],
  ])('keeps of %s its share', (_, rows, kept) => {
    expect(paperFilter(tableOf([...rows])).labels).toHaveLength(kept);
  });

  it('keeps the order of the rows', () => {
    const { values } = paperFilter(
      tableOf([
        [3, 1],
        [1, 0],
        [2, 0],
        [3, 1],
        [1, 0],
      ]),
    );
    expect([...values]).toEqual([3, 1, 3, 1]);
  });
});

describe.skipIf(!(await isAtHand(compasSource)))('COMPAS (needs its file: set SENN_DATA)', () => {
  it('is 6,172 rows of 831 vectors, 2,751 of them medium or high', async () => {
    const { train, test, classes, sha256 } = await load({ filter: 'none' });
    expect(train.labels.length + test.labels.length).toBe(6172);
    expect(new Set([...vectorsOf(train), ...vectorsOf(test)]).size).toBe(831);
    const counts = [classCounts(train, 2), classCounts(test, 2)];
    expect([0, 1].map((c) => (counts[0]?.[c] as number) + (counts[1]?.[c] as number))).toEqual([3421, 2751]);
    expect(classes).toEqual(['low', 'medium or high']);
    expect(sha256).toBe(compasSource.sha256);
    expect(await sizeAtHand(compasSource)).toBe(compasSource.bytes);
  });

  it('filtered is 5,359 rows of 512 vectors, whose lookup is right 84.46 % of the time', async () => {
    const { train, test } = await load();
    const labels = [...train.labels, ...test.labels];
    const votes = new Map<string, [number, number]>();
    [...vectorsOf(train), ...vectorsOf(test)].forEach((vector, row) => {
      const own = votes.get(vector) ?? [0, 0];
      own[labels[row] as 0 | 1]++;
      votes.set(vector, own);
    });
    expect([labels.length, votes.size]).toEqual([5359, 512]);
    const right = [...votes.values()].reduce((sum, [zeros, ones]) => sum + Math.max(zeros, ones), 0);
    expect(right / labels.length).toBeCloseTo(0.8446, 4);
  });

  it('counts priors in their own unit and scales them by the training rows', async () => {
    const { input, scaling, train } = await load({ split: { by: 'vector', test: 0.3 }, splitSeed: 4 });
    const priors = Array.from(train.gather(Int32Array.from(train.labels.keys()))).filter((_, i) => i % 11 === 1);
    const most = Math.max(...priors);
    expect(input).toMatchObject({ kind: 'tabular' });
    expect(input.kind === 'tabular' && input.features[1]).toMatchObject({
      name: 'Number_of_Priors',
      unit: 'priors',
      range: [0, most],
    });
    expect(scaling?.[1]).toEqual({ transform: 'sqrt', shift: 0, scale: 1 / Math.sqrt(most) });
    const others = scaling?.filter((_, i) => i !== 1);
    expect(others).toEqual(Array.from({ length: 10 }, () => ({ transform: 'linear', shift: 0, scale: 1 })));
  });

  it('has categories of which no row is two values at once', async () => {
    const { input, train, test } = await load({ filter: 'none' });
    const features = input.kind === 'tabular' ? input.features : [];
    const categories = new Map<string, number[]>();
    features.forEach(({ category }, f) => {
      if (category !== undefined) categories.set(category, [...(categories.get(category) ?? []), f]);
    });
    expect([...categories]).toEqual([
      ['Age', [2, 3]],
      ['Race', [4, 5, 6, 7, 8]],
    ]);
    for (const vector of [...vectorsOf(train), ...vectorsOf(test)]) {
      const row = vector.split(',').map(Number);
      for (const members of categories.values()) expect(members.filter((f) => row[f] === 1).length).toBeLessThan(2);
    }
  });

  it('by vector has no vector on both sides, in any of five folds, which tile the rows', async () => {
    let tested = 0;
    for (const fold of [0, 1, 2, 3, 4]) {
      const { train, test } = await load({ split: { by: 'vector', folds: 5, fold } });
      const trained = new Set(vectorsOf(train));
      expect(vectorsOf(test).filter((vector) => trained.has(vector))).toEqual([]);
      tested += test.labels.length;
    }
    expect(tested).toBe(5359);
  });
});
