import { describe, expect, it } from 'vitest';
import { type Inequality, leastMove } from '../../../../core/artefacts/counterfactual/least-move.ts';
import { randomStream } from '../../../../core/random.ts';

const norm = (u: readonly number[]): number => Math.hypot(...u);
const dot = (a: readonly number[], b: readonly number[]): number =>
  a.reduce((sum, value, i) => sum + value * (b[i] as number), 0);
const holds = (rows: readonly Inequality[], u: readonly number[]): boolean =>
  rows.every(({ normal, least }) => dot(normal, u) >= least - 1e-9 * (1 + Math.abs(least)));

/** Solves a small linear system by elimination with pivots; `undefined` where it is singular. */
function eliminated(matrix: number[][], right: number[]): number[] | undefined {
  const rows = matrix.map((row, i) => [...row, right[i] as number]);
  const n = rows.length;
  for (let c = 0; c < n; c++) {
    const pivot = rows.findIndex((row, r) => r >= c && Math.abs(row[c] as number) > 1e-9);
    if (pivot < 0) return undefined;
    [rows[c], rows[pivot]] = [rows[pivot] as number[], rows[c] as number[]];
    const own = rows[c] as number[];
    for (let r = 0; r < n; r++) {
      if (r === c) continue;
      const factor = (rows[r]?.[c] as number) / (own[c] as number);
      rows[r] = (rows[r] as number[]).map((value, i) => value - factor * (own[i] as number));
    }
  }
  return rows.map((row, r) => (row[n] as number) / (row[r] as number));
}

/** The answer by force: of every set of inequalities taken as equations, the shortest feasible one. */
function byForce(rows: readonly Inequality[], K: number): number[] | undefined {
  let best: number[] | undefined = rows.every(({ least }) => least <= 0) ? new Array<number>(K).fill(0) : undefined;
  for (let set = 1; set < 2 ** rows.length; set++) {
    const active = rows.filter((_, i) => (set >> i) % 2 === 1);
    if (active.length > K) continue;
    const gram = active.map((a) => active.map((b) => dot(a.normal, b.normal)));
    const weights = eliminated(
      gram,
      active.map(({ least }) => least),
    );
    if (weights === undefined) continue;
    const u = Array.from({ length: K }, (_, k) =>
      active.reduce((sum, { normal }, i) => sum + (normal[k] as number) * (weights[i] as number), 0),
    );
    if (holds(rows, u) && (best === undefined || norm(u) < norm(best))) best = u;
  }
  return best;
}

describe('the shortest move', () => {
  it('is the foot of the perpendicular on one inequality', () => {
    const u = leastMove([{ normal: [3, 4], least: 10 }], 2) as number[];
    expect(u[0]).toBeCloseTo(1.2, 9);
    expect(u[1]).toBeCloseTo(1.6, 9);
  });

  it('is none where nothing is asked, and where all holds already', () => {
    expect(leastMove([], 3)).toEqual([0, 0, 0]);
    expect(leastMove([{ normal: [1, 0], least: -1 }], 2)).toEqual([0, 0]);
    expect(leastMove([{ normal: [0, 0], least: 0 }], 2)).toEqual([0, 0]);
  });

  it('is in the corner of two inequalities', () => {
    const u = leastMove(
      [
        { normal: [1, 0], least: 2 },
        { normal: [0, 1], least: 3 },
        { normal: [1, 1], least: 4 },
      ],
      2,
    ) as number[];
    expect(u[0]).toBeCloseTo(2, 9);
    expect(u[1]).toBeCloseTo(3, 9);
  });

  it('does not exist where inequalities contradict each other', () => {
    expect(leastMove([{ normal: [0, 0], least: 1 }], 2)).toBeUndefined();
    const opposite = [
      { normal: [1, 0], least: 1 },
      { normal: [-1, 0], least: 1 },
    ];
    expect(leastMove(opposite, 2)).toBeUndefined();
    expect(leastMove([...opposite, { normal: [0, 1], least: 1 }], 2)).toBeUndefined();
  });

  it('is found where an inequality is said twice, and whatever its scale', () => {
    for (const scale of [1e-4, 1, 1e4]) {
      const twice = [
        { normal: [scale, scale], least: 2 * scale },
        { normal: [scale, scale], least: 2 * scale },
        { normal: [2 * scale, 2 * scale], least: 4 * scale },
      ];
      const u = leastMove(twice, 2) as number[];
      expect(u[0]).toBeCloseTo(1, 9);
      expect(u[1]).toBeCloseTo(1, 9);
    }
  });

  it.each([1, 2, 3, 4, 5, 6, 7, 8])('is what trying every set of inequalities finds: seed %i', (seed) => {
    const random = randomStream(seed);
    const draw = () => random.integer(1_000_001) / 500_000 - 1;
    let moved = 0;
    for (let round = 0; round < 40; round++) {
      const K = 2 + (round % 4);
      const rows = Array.from({ length: 2 + (round % 7) }, () => ({
        normal: Array.from({ length: K }, draw),
        least: 2 * draw(),
      }));
      const [ours, theirs] = [leastMove(rows, K), byForce(rows, K)];
      expect(ours === undefined, JSON.stringify(rows)).toBe(theirs === undefined);
      if (ours === undefined || theirs === undefined) continue;
      if (norm(theirs) > 0) moved += 1;
      ours.forEach((value, k) => {
        expect(Math.abs(value - (theirs[k] as number))).toBeLessThan(1e-6 * (1 + norm(theirs)));
      });
    }
    expect(moved).toBeGreaterThan(10);
  });
});
