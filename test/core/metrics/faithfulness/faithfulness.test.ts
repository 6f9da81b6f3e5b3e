import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { softmax } from '../../../../core/artefacts/explanation.ts';
import { faithfulness, faithfulnessOf } from '../../../../core/metrics/faithfulness/faithfulness.ts';
import { expectClose } from '../../../helpers/close.ts';
import { anyExplanations, explanationsFrom } from '../../../helpers/explanations.ts';

/** The value of one input with concepts h and relevances θ. */
const ofOne = (h: number[], theta: number[][]) => faithfulnessOf(explanationsFrom([[0]], [h], [theta]))[0];

/** Pearson's correlation as raw sums: another formula than the module's. */
function correlation(a: readonly number[], b: readonly number[]): number {
  const n = a.length;
  const sum = (f: (i: number) => number) => a.reduce((total, _, i) => total + f(i), 0);
  const A = (i: number) => a[i] as number;
  const B = (i: number) => b[i] as number;
  const covariance = n * sum((i) => A(i) * B(i)) - sum(A) * sum(B);
  const variance = (f: (i: number) => number) => n * sum((i) => f(i) ** 2) - sum(f) ** 2;
  return covariance / Math.sqrt(variance(A) * variance(B));
}

describe('faithfulness', () => {
  it('correlates contributions with the drops of the probability: two classes, by hand', () => {
    // Logits (ln 24, 0): p = 24/25, and without the concepts 12/13, 8/9 and 6/7.
    const contributions = [Math.log(2), Math.log(3), Math.log(4)].map(Math.fround);
    const drops = [12 / 13, 8 / 9, 6 / 7].map((without) => 24 / 25 - without);
    expectClose(
      ofOne(
        [1, 1, 1],
        contributions.map((a) => [a, 0]),
      ) as number,
      correlation(contributions, drops),
      {
        absolute: 1e-6,
      },
    );
  });

  it('is −1 where the concept with the larger contribution held the probability down', () => {
    // Concept 0 gives class 0 more than concept 1 does, and class 1 more still.
    expectClose(
      ofOne(
        [1, 1],
        [
          [3, 4],
          [2, 0],
        ],
      ) as number,
      -1,
    );
  });

  it('is the definition, evaluated naively, on any evidence', () => {
    fc.assert(
      fc.property(anyExplanations, ({ x, h, theta }) => {
        const evidence = explanationsFrom(x, h, theta);
        faithfulnessOf(evidence).forEach((value, n) => {
          const logitsOf = (relevances: number[][]) =>
            (relevances[0] as number[]).map((_, c) =>
              relevances.reduce((sum, row, k) => sum + (row[c] as number) * (h[n]?.[k] as number), 0),
            );
          const c = evidence.predicted[n] as number;
          const rows = theta[n] as number[][];
          const p = (relevances: number[][]) => softmax(logitsOf(relevances))[c] as number;
          const drops = rows.map((_, k) => p(rows) - p(rows.map((row, j) => (j === k ? row.map(() => 0) : row))));
          const contributions = rows.map((row, k) => (row[c] as number) * (h[n]?.[k] as number));
          // Where the naive differences have lost their digits, only the module's form is defined well enough.
          const spread = Math.max(...drops) - Math.min(...drops);
          if (value === null)
            expect(Math.min(spread, Math.max(...contributions) - Math.min(...contributions))).toBeLessThan(1e-10);
          else if (spread > 1e-6) expectClose(value, correlation(contributions, drops), { absolute: 1e-6 });
        });
      }),
    );
  });

  it('keeps its digits where p rounds to 1: the drops are those of 1 − p', () => {
    const a = [60, 50, 40];
    const p = 1 / (1 + Math.exp(-150));
    expect(p).toBe(1);
    // 1 − p without a concept is e^−90, e^−100, e^−110, up to a factor 1 + e^−90; only the ratios matter.
    expectClose(
      ofOne(
        [1, 1, 1],
        a.map((value) => [value, 0]),
      ) as number,
      correlation(a, [1, Math.exp(-10), Math.exp(-20)]),
    );
  });

  it('is blind to the units of the concepts: h·s with θ/s', () => {
    fc.assert(
      fc.property(anyExplanations, ({ x, h, theta }) => {
        const scaled = explanationsFrom(
          x,
          h.map((row) => row.map((value) => value * 4)),
          theta.map((rows) => rows.map((row) => row.map((value) => value / 4))),
        );
        expect(faithfulnessOf(scaled)).toEqual(faithfulnessOf(explanationsFrom(x, h, theta)));
      }),
    );
  });

  it.each([
    ['one concept', [1], [[1, 2]]],
    [
      'equal contributions',
      [1, 1],
      [
        [2, 0],
        [2, 1],
      ],
    ],
    [
      'contributions that are equal as products',
      [2, 4],
      [
        [2, 0],
        [1, 0.25],
      ],
    ],
    [
      'drops that are equal up to the order in which the other classes are summed',
      [1, 1, 1],
      [
        [4.5, 4.4375, 4.6875, 4.1875],
        [2.5, 2.6875, 2.1875, 2.4375],
        [1.5, 1.1875, 1.4375, 1.6875],
      ],
    ],
    [
      'drops that are equal, though contributions differ',
      [1, 1, 1],
      [
        [1, 1],
        [2, 2],
        [3, 3],
      ],
    ],
    [
      'concepts that are all off',
      [0, 0, 0],
      [
        [1, 2],
        [3, 4],
        [5, 6],
      ],
    ],
    [
      'logits so far apart that 1 − p is 0',
      [1, 1],
      [
        [2000, 0],
        [1000, 0],
      ],
    ],
  ])('has no value for %s', (_, h, theta) => {
    expect(ofOne(h, theta)).toBeNull();
  });

  it('takes each input for itself', () => {
    const one = [
      [3, 4],
      [2, 0],
    ];
    const two = [
      [2, 0],
      [2, 1],
    ];
    const values = faithfulnessOf(
      explanationsFrom(
        [[0], [1], [2]],
        [
          [1, 1],
          [1, 1],
          [1, 1],
        ],
        [one, two, one],
      ),
    );
    expect(values[1]).toBeNull();
    expectClose([values[0] as number, values[2] as number], [-1, -1]);
  });

  it('is better when it is higher', () => {
    expect([faithfulness.name, faithfulness.direction]).toEqual(['faithfulness', 'higher']);
  });
});
