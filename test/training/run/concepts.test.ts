import { describe, expect, it } from 'vitest';
import { randomStream } from '../../../core/random.ts';
import { conceptNames, describeConcepts } from '../../../training/run/concepts.ts';
import { expectClose } from '../../helpers/close.ts';
import { tinyConfig } from '../tiny.ts';

describe('the concepts of a run', () => {
  it('concepts are named as configured, by their features, or by number; the constant one is the bias', () => {
    const input = { kind: 'tabular', features: [{ name: 'age', range: [0, 1] as [number, number] }] } as const;
    const table = { ...input, features: [...input.features] };
    const named = (change: Record<string, unknown>) => conceptNames(tinyConfig(change), table, 2);
    const identity = { conceptizer: { kind: 'identity' }, aggregator: { kind: 'sum', bias: true } };
    expect(named(identity)).toEqual(['age', 'bias']);
    expect(named({})).toEqual(['concept A', 'concept B']);
    expect(named({ conceptNames: ['a', 'b'] })).toEqual(['a', 'b']);
    expect(() => named({ conceptNames: ['a'] })).toThrow('1 names must match the 2');
  });

  it('quantiles and prototypes of known activations', () => {
    const data = Float32Array.from({ length: 101 }, (_, i) => (i * 37) % 101);
    const [concept] = describeConcepts({ shape: [101, 1], data }, ['stripe']);
    expect(concept?.name).toBe('stripe');
    expect(concept?.quantiles).toEqual({ q05: 5, q25: 25, q50: 50, q75: 75, q95: 95 });
    expect(concept?.mean).toBe(50);
    expect(concept?.deviation).toBeCloseTo(Math.sqrt((101 ** 2 - 1) / 12), 9); // of 0 … 100, each once
    expect(concept?.prototypes.map((row) => data[row])).toEqual([100, 99, 98, 97, 96, 95, 94, 93, 92]);
    expect(concept?.lowPrototypes?.map((row) => data[row])).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
    expect(concept?.range).toEqual([0, 100]);
    expect(concept?.mean).toBe(50);
    // of 0 to n − 1 the variance is (n² − 1) / 12
    expectClose(concept?.deviation as number, Math.sqrt((101 ** 2 - 1) / 12));
    expect(concept).not.toHaveProperty('prototypeLabels');
  });

  it('tells the classes of the prototypes of both ends', () => {
    const labels = Array.from({ length: 30 }, (_, n) => (n < 15 ? 4 : 7));
    const data = Float32Array.from({ length: 30 }, (_, n) => n);
    const [concept] = describeConcepts({ shape: [30, 1], data }, ['stripe'], labels);
    expect(concept?.prototypeLabels).toEqual(Array(9).fill(7));
    expect(concept?.lowPrototypeLabels).toEqual(Array(9).fill(4));
  });

  it('an input that is the same in every concept stands for an end once', () => {
    // rows repeat in threes
    const data = Float32Array.from({ length: 2 * 60 }, (_, i) => {
      const row = Math.floor(Math.floor(i / 2) / 3);
      return i % 2 === 0 ? row : (row * 7) % 20;
    });
    const [concept] = describeConcepts({ shape: [60, 2], data }, ['a', 'b']);
    expect(concept?.prototypes).toEqual([57, 54, 51, 48, 45, 42, 39, 36, 33]);
    expect(concept?.lowPrototypes).toEqual([0, 3, 6, 9, 12, 15, 18, 21, 24]);
  });

  it('a constant concept has no low end and nothing by contrast', () => {
    const data = Float32Array.from({ length: 2 * 12 }, (_, i) => (i % 2 === 0 ? i : 1));
    const [, bias] = describeConcepts({ shape: [12, 2], data }, ['a', 'bias'], new Int32Array(12));
    expect(bias).toMatchObject({
      deviation: 0,
      range: [1, 1],
      lowPrototypes: [],
      lowPrototypeLabels: [],
      contrasts: [],
    });
  });
});

describe('contrasts', () => {
  /** Activations `[N][K]` → the contrasts of every concept. */
  const contrastsIn = (rows: readonly (readonly number[])[]) =>
    describeConcepts(
      { shape: [rows.length, rows[0]?.length ?? 0], data: Float32Array.from(rows.flat()) },
      (rows[0] ?? []).map(String),
    ).map(({ contrasts }) => contrasts);

  it('are far apart in the concept and alike in the others, the nearest first', () => {
    // quarters of 16: the four highest and the four lowest of the first concept; 14 and 1 agree in the second, 12 and 2
    // nearly; the middle gives the second its spread
    const first = Array.from({ length: 16 }, (_, n) => n);
    const second = [0, 5, 9, 30, 40, 10, 20, 0, 10, 20, 0, 10, 10, 70, 5, 90];
    const [pairs] = contrastsIn(first.map((value, n) => [value, second[n] as number]));
    expect(pairs?.slice(0, 2)).toEqual([
      [14, 1],
      [12, 2],
    ]);
    expect(pairs).toHaveLength(3);
    expect(new Set(pairs?.flat()).size).toBe(6);
  });

  it('count the other concepts in their own deviations', () => {
    // 7 differs from 0 by 1 in the second concept, two of its deviations, and from 1 by 300 in the third, half of one
    const others = [
      [1, 0],
      [0, 300],
      [0, 0],
      [1, 1000],
      [0, 0],
      [1, 1000],
      [0, -2000],
      [0, 0],
    ];
    const [pairs] = contrastsIn(others.map((row, n) => [n, ...row]));
    expect(pairs?.[0]).toEqual([7, 1]);
  });

  it('without another concept are the ends themselves, and none where no two are a deviation apart', () => {
    expect(contrastsIn(Array.from({ length: 8 }, (_, n) => [n]))).toEqual([
      [
        [7, 0],
        [6, 1],
      ],
    ]);
    expect(contrastsIn([[1], [1], [1]])).toEqual([[]]);
    // one of a hundred differs: the ends of the rest are the same value
    const [pairs] = contrastsIn(Array.from({ length: 100 }, (_, n) => [n === 42 ? 1 : 0]));
    expect(pairs).toEqual([[42, 0]]);
  });

  it('of 60,000 inputs with ten concepts are found within a second or two', () => {
    const random = randomStream(3);
    const data = Float32Array.from({ length: 600_000 }, () => random.integer(2 ** 20) / 2 ** 18);
    const start = performance.now();
    const concepts = describeConcepts({ shape: [60_000, 10], data }, Array(10).fill('c'));
    expect(performance.now() - start).toBeLessThan(20_000);
    for (const [k, { contrasts = [] }] of concepts.entries()) {
      expect(contrasts).toHaveLength(3);
      for (const [high, low] of contrasts) {
        expect((data[high * 10 + k] as number) - (data[low * 10 + k] as number)).toBeGreaterThan(1);
      }
    }
  });
});
