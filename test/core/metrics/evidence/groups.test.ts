import { describe, expect, it } from 'vitest';
import { codedGroups, drawSample, forEachGroup, lookUp } from '../../../../core/metrics/evidence/groups.ts';
import { randomStream } from '../../../../core/random.ts';
import { codesOf, factor, factorial, groupsOf } from '../disentanglement/tables.ts';

const table = factorial([3, 4, 5]);
const codes = [factor(0), factor(1), factor(2)];
const N = 60;

describe('codedGroups', () => {
  it('finds partners with the same value of a factor, all of them alike, and nothing else in common', () => {
    const groups = groupsOf(table, codes);
    const random = randomStream(1);
    const rows = Int32Array.from({ length: 6000 }, (_, i) => i % N);
    groups.factors.forEach(({ values, size }, f) => {
      const partners = groups.partners(f, rows, random);
      expect(partners.map((row) => values[row] as number)).toEqual(rows.map((row) => values[row] as number));
      const met = new Set(Array.from(rows, (row, i) => `${row} ${partners[i]}`));
      expect(met.size).toBeGreaterThan(0.98 * N * (N / size)); // every pair is drawn with a chance of 0.994 or more
    });
  });

  it('draws every row as often as any other', () => {
    const drawn = groupsOf(table, codes).draw(60_000, randomStream(2));
    const counts = new Array<number>(N).fill(0);
    for (const row of drawn) counts[row] = (counts[row] as number) + 1;
    expect(Math.min(...counts)).toBeGreaterThan(850); // 1000 ± 32
    expect(Math.max(...counts)).toBeLessThan(1150);
  });

  it('encodes what it is asked for, some thousands of rows at a time', async () => {
    const sizes: number[] = [];
    const lookedUp = lookUp(codesOf(table, codes));
    const groups = codedGroups({
      factors: table,
      codesOf: async (rows) => {
        sizes.push(rows.length);
        return lookedUp(rows);
      },
    });
    const rows = Int32Array.from({ length: 10_000 }, (_, i) => (7 * i) % N);
    const { shape, data } = await groups.encode(rows);
    expect(shape).toEqual([10_000, 3]);
    expect(sizes).toEqual([4096, 4096, 1808]);
    expect(data).toEqual(lookedUp(rows));
  });

  it.each([
    ['too few values', () => new Float32Array(5), 'shape_mismatch', 'got 5 values for 2 rows'],
    ['no values', () => new Float32Array(0), 'shape_mismatch', 'got 0 values for 2 rows'],
    ['a value that is not finite', () => Float32Array.of(1, 2, 3, Number.NaN), 'inference_failed', 'row 8 hold NaN'],
  ])('refuses %s', async (_, codesOfRows, code, message) => {
    const groups = codedGroups({ factors: table, codesOf: codesOfRows });
    await expect(groups.encode(Int32Array.of(3, 8))).rejects.toThrow(
      expect.objectContaining({ code, message: expect.stringContaining(message) }),
    );
  });

  it('refuses another number of codes in a later chunk', async () => {
    const groups = codedGroups({
      factors: table,
      codesOf: (rows) => new Float32Array(rows.length === 4096 ? 8192 : 3),
    });
    await expect(groups.encode(new Int32Array(4097))).rejects.toThrow('got 3 values for 1 rows after 2 a row');
  });
});

describe('drawSample', () => {
  it('draws different rows with their own factors, and all of them where there are no more', async () => {
    const rows = { factors: table, codesOf: lookUp(codesOf(table, [...codes, (_, row) => row])) };
    const { codes: some, factors } = await drawSample(rows, 20, randomStream(3));
    expect(new Set(some[3]).size).toBe(20);
    expect(factors.map(({ values }) => [...values])).toEqual(some.slice(0, 3).map((code) => [...code]));
    const all = await drawSample(rows, 1000, randomStream(3));
    expect([...(all.codes[3] as Float32Array)].toSorted((a, b) => a - b)).toEqual([...Array(N).keys()]);
  });
});

describe('forEachGroup', () => {
  it('visits each group with the codes of its own rows, around every factor', async () => {
    const groups = groupsOf(table, [(_, row) => row]);
    const asked: [number, number[]][] = [];
    const seen: [number, number[]][] = [];
    const random = randomStream(4);
    const rowsOf = (f: number) => {
      const rows = groups.draw(3, random);
      asked.push([f, [...rows]]);
      return rows;
    };
    await forEachGroup(groups, 150, random, rowsOf, (f, { data }) => seen.push([f, [...data]]));
    expect(seen).toEqual(asked);
    expect(seen).toHaveLength(150);
    expect(new Set(seen.map(([f]) => f))).toEqual(new Set([0, 1, 2]));
  });
});
