import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { binRows, cutsOf, MOST_BINS } from '../../../../core/metrics/disentanglement/boosting/bins.ts';
import { fitBoostedTrees } from '../../../../core/metrics/disentanglement/boosting/classifier.ts';
import { leafOf, treeGrower } from '../../../../core/metrics/disentanglement/boosting/tree.ts';
import { countsOf } from '../../../../core/metrics/disentanglement/information.ts';
import { randomStream } from '../../../../core/random.ts';
import { expectClose } from '../../../helpers/close.ts';

const sum = (values: Iterable<number>): number => [...values].reduce((total, value) => total + value, 0);

describe('cutsOf', () => {
  it('parts all different values while a byte can name them', () => {
    expect([...cutsOf(Float32Array.from([3, 1, 1, 8, 3]))]).toEqual([2, 5.5]);
    expect(cutsOf(Float32Array.from({ length: 600 }, (_, i) => i % MOST_BINS))).toHaveLength(MOST_BINS - 1);
    expect(cutsOf(Float32Array.from([4, 4]))).toHaveLength(0);
  });

  it('fills the bins alike where there are more values', () => {
    const values = Float32Array.from({ length: 10_000 }, (_, i) => Math.exp(i / 1000));
    const cuts = cutsOf(values);
    const { bins } = binRows([values], [cuts]);
    const counts = new Array<number>(MOST_BINS).fill(0);
    for (const bin of bins) counts[bin] = (counts[bin] as number) + 1;
    expect(Math.min(...counts)).toBe(39);
    expect(Math.max(...counts)).toBe(40);
  });

  it('is a set of thresholds: a row is in bin b where b of them lie below it', () => {
    const column = fc.array(fc.integer({ min: -40, max: 40 }), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(column, column, (trained, other) => {
        const cuts = cutsOf(Float32Array.from(trained));
        const { bins } = binRows([Float32Array.from(other)], [cuts]);
        expect([...bins]).toEqual(other.map((value) => cuts.filter((cut) => cut < value).length));
      }),
    );
  });
});

describe('treeGrower', () => {
  const anyTable = fc
    .record({
      N: fc.integer({ min: 2, max: 30 }),
      K: fc.integer({ min: 1, max: 3 }),
      depth: fc.integer({ min: 1, max: 4 }),
    })
    .chain(({ N, K, depth }) =>
      fc.record({
        depth: fc.constant(depth),
        columns: fc.array(fc.array(fc.integer({ min: 0, max: 6 }), { minLength: N, maxLength: N }), {
          minLength: K,
          maxLength: K,
        }),
        targets: fc.array(fc.integer({ min: -8, max: 8 }), { minLength: N, maxLength: N }),
      }),
    );

  const growOn = ({ columns, targets, depth }: { columns: number[][]; targets: number[]; depth: number }) => {
    const values = columns.map((column) => Float32Array.from(column));
    const table = binRows(values, values.map(cutsOf));
    const leafValue = (rows: Int32Array) => sum(rows.map((row) => targets[row] as number)) / rows.length;
    const grown = treeGrower(table)({ targets: Float64Array.from(targets), depth, leafValue, random: randomStream(1) });
    return { ...grown, table };
  };

  it('gains what the sum of squares falls by, and gives each row the value of its leaf', () => {
    fc.assert(
      fc.property(anyTable, (example) => {
        const { tree, gains, fitted, table } = growOn(example);
        const mean = sum(example.targets) / example.targets.length;
        const before = sum(example.targets.map((target) => (target - mean) ** 2));
        const after = sum(example.targets.map((target, n) => (target - (fitted[n] as number)) ** 2));
        expectClose(sum(gains), before - after, { absolute: 1e-6 });
        expectClose(
          fitted,
          example.targets.map((_, n) => leafOf(tree, table.bins, n * example.columns.length)),
        );
      }),
    );
  });

  it('takes the best of all splits', () => {
    fc.assert(
      fc.property(anyTable, ({ columns, targets }) => {
        const gainOf = (isLeft: (n: number) => boolean) => {
          const sides = [targets.filter((_, n) => isLeft(n)), targets.filter((_, n) => !isLeft(n))];
          if (sides.some((side) => side.length === 0)) return 0;
          return sum(sides.map((side) => sum(side) ** 2 / side.length)) - sum(targets) ** 2 / targets.length;
        };
        const best = Math.max(
          ...columns.flatMap((column) => column.map((at) => gainOf((n) => (column[n] as number) <= at))),
        );
        expectClose(sum(growOn({ columns, targets, depth: 1 }).gains), best, { absolute: 1e-6 });
      }),
    );
  });

  it('does not split what differs by rounding alone', () => {
    const values = [Float32Array.from({ length: 30 }, (_, n) => n)];
    const grow = treeGrower(binRows(values, values.map(cutsOf)));
    const targets = Float64Array.from({ length: 30 }, (_, n) => 0.1 + 1e-15 * (n % 3));
    const { tree } = grow({ targets, depth: 3, leafValue: () => 7, random: randomStream(1) });
    expect(tree).toEqual({ kind: 'leaf', value: 7 });
  });

  it('breaks ties between a column and its mirror image at random', () => {
    const column = Array.from({ length: 40 }, (_, n) => n);
    const targets = Float64Array.from(column, (n) => Math.sin(n) + (n < 17 ? 3 : 0));
    const values = [Float32Array.from(column), Float32Array.from(column, (n) => -n)];
    const grow = treeGrower(binRows(values, values.map(cutsOf)));
    const random = randomStream(3);
    const first = Array.from({ length: 200 }, () => grow({ targets, depth: 1, leafValue: () => 0, random }).gains[0]);
    const share = first.filter((gain) => gain !== 0).length / first.length;
    expect(share).toBeGreaterThan(0.35);
    expect(share).toBeLessThan(0.65);
  });
});

describe('fitBoostedTrees', () => {
  const options = { rounds: 20, learningRate: 0.3, depth: 3 };
  const N = 300;
  const stream = randomStream(8);
  const columns = Array.from({ length: 3 }, () => Float32Array.from({ length: N }, () => stream.integer(50)));
  const labelOf = (n: number) => ((columns[0]?.[n] ?? 0) > 25 ? 2 : 0) + ((columns[1]?.[n] ?? 0) > 10 ? 1 : 0);
  const labels = { size: 6, values: Int32Array.from({ length: N }, (_, n) => labelOf(n)) };

  it('learns what the columns say, and holds those important that say it', () => {
    const { importances, predict } = fitBoostedTrees(columns, labels, randomStream(1), options);
    expect([...predict(columns)]).toEqual([...labels.values]);
    expectClose(sum(importances), 1);
    expect(importances[2]).toBeLessThan(1e-3);
    expect(Math.min(...importances.slice(0, 2))).toBeGreaterThan(0.2);
  });

  it('predicts the most frequent class, and holds nothing important, where the columns say nothing', () => {
    const counts = countsOf(labels);
    const mostFrequent = counts.indexOf(Math.max(...counts));
    const still = [new Float32Array(N), new Float32Array(N).fill(1)];
    const { importances, predict } = fitBoostedTrees(still, labels, randomStream(1), options);
    expect(importances).toEqual([0, 0]);
    expect(new Set(predict([Float32Array.of(7), Float32Array.of(-7)]))).toEqual(new Set([mostFrequent]));
  });

  it('takes Newton steps: one split of a binary variable on its own copy adds the closed form to the log odds', () => {
    const copy = Float32Array.of(0, 0, 0, 1);
    const binary = { size: 2, values: Int32Array.of(0, 0, 0, 1) };
    const predictAt = (learningRate: number) =>
      fitBoostedTrees([copy], binary, randomStream(1), { rounds: 1, learningRate, depth: 1 }).predict([
        Float32Array.of(1),
      ])[0];
    // Residuals of the row are ±3/4, so its scores move by ±½·(3/4)/(3/16) = ±2 for a rate of 1; the odds start at 1 : 3.
    const needed = Math.log(3) / 4;
    expect(predictAt(needed * 0.999)).toBe(0);
    expect(predictAt(needed * 1.001)).toBe(1);
  });
});
