import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { partition, randomSplit, tableSplit } from '../../../training/datasets/splits.ts';

/** Labels, and a group for each row: the first row of the same number. */
const rowsOf = fc.array(fc.tuple(fc.nat(3), fc.nat(12)), { minLength: 12, maxLength: 80 }).map((rows) => ({
  labels: Int32Array.from(rows, ([label]) => label),
  groups: Int32Array.from(rows, ([, group]) => rows.findIndex(([, other]) => other === group)),
}));

/** Labels of two classes of 15 and 25 rows. */
const labels = Int32Array.from({ length: 40 }, (_, row) => (row < 15 ? 0 : 1));

const all = (length: number) => Array.from({ length }, (_, row) => row);

describe('splits', () => {
  it('put every row in one part, the same ones for the same seed', () => {
    fc.assert(
      fc.property(rowsOf, fc.nat(1000), ({ labels, groups }, seed) => {
        const choice = { by: 'vector', test: 0.4 } as const;
        fc.pre(new Set(groups).size > 4);
        const parts = () => {
          try {
            return partition(choice, seed, labels, groups);
          } catch {
            return undefined; // a part may be empty where a group is half of all rows
          }
        };
        const first = parts();
        fc.pre(first !== undefined);
        expect(Array.from([...first.train, ...first.test]).sort((a, b) => a - b)).toEqual(all(labels.length));
        expect(parts()).toEqual(first);
        const trained = new Set(Array.from(first.train, (row) => groups[row]));
        expect(Array.from(first.test).filter((row) => trained.has(groups[row]))).toEqual([]);
      }),
    );
  });

  it.each(['random', 'vector'] as const)('by %s: folds are disjoint and together complete', (by) => {
    fc.assert(
      fc.property(rowsOf, fc.integer({ min: 2, max: 4 }), fc.nat(100), (rows, folds, seed) => {
        const groups = by === 'vector' ? rows.groups : undefined;
        const tested: number[] = [];
        for (let fold = 0; fold < folds; fold++) {
          try {
            tested.push(...partition({ by, folds, fold }, seed, rows.labels, groups).test);
          } catch {
            fc.pre(false);
          }
        }
        expect(tested.sort((a, b) => a - b)).toEqual(all(rows.labels.length));
      }),
    );
  });

  it('keep the share of every class', () => {
    const { test } = partition({ by: 'random', test: 0.2 }, 3, labels);
    expect(Array.from(test).filter((row) => labels[row] === 0)).toHaveLength(3);
    expect(Array.from(test).filter((row) => labels[row] === 1)).toHaveLength(5);
  });

  it('differ by seed', () => {
    const tests = [0, 1, 2, 3].map((seed) => partition({ by: 'random', test: 0.5 }, seed, labels).test.join());
    expect(new Set(tests).size).toBe(4);
  });

  it('refuse to leave a part empty, with both sizes', () => {
    expect(() => partition({ by: 'random', test: 0.01 }, 0, labels)).toThrow('into 40 for training and 0 for the test');
    const one = new Int32Array(40);
    expect(() => partition({ by: 'vector', test: 0.9 }, 0, labels, one)).toThrow('into 0 for training and 40');
  });

  it.each([
    [{ by: 'random', test: 0 }, 'Too small: expected number to be >0'],
    [{ by: 'random', test: 1 }, 'Too big: expected number to be <1'],
    [{ by: 'random', folds: 1, fold: 0 }, 'Too small: expected number to be >=2'],
    [{ by: 'random', folds: 5, fold: 5 }, 'must be below folds'],
    [{ by: 'random', test: 0.1, folds: 5, fold: 0 }, 'must be { by, test: a share'],
    [{ by: 'time', test: 0.1 }, 'must be { by, test: a share'],
  ])('are told strictly: not %j', (choice, reason) => {
    expect(tableSplit.safeParse(choice).error?.issues[0]?.message).toContain(reason);
  });

  it('by vector are for tables', () => {
    expect(randomSplit.safeParse({ by: 'vector', test: 0.1 }).success).toBe(false);
    expect(tableSplit.safeParse({ by: 'vector', test: 0.1 }).success).toBe(true);
  });
});
