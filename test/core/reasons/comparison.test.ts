import { describe, expect, it } from 'vitest';
import { compareClasses, compareWith, decidingConcepts, runnerUp } from '../../../core/reasons/comparison.ts';

describe('the concepts that decide', () => {
  it.each([
    ['one that is more than the margin', [5, -3, 1], [0]],
    ['as many as reach it, the largest first', [2, 3, 4, -1], [2, 1, 0]],
    ['all that speak for it where nothing speaks against', [1, 2, 3], [2, 1, 0]],
    ['one that is the margin exactly', [4, 2, -2], [0]],
    ['no concept that speaks against, however large', [-9, 6, 5], [1]],
    ['of equals the first', [2, 2, 2, -4], [0]],
    ['none where the two are level', [3, -3], []],
    ['none where nothing is said', [0, 0], []],
  ])('are %s', (_, differences, expected) => {
    expect(decidingConcepts(differences)).toEqual(expected);
  });

  it('are the fewest: without them the class is ahead no longer, and no smaller set does that', () => {
    const differences = [0.4, -1.2, 2.1, 0.9, -0.3, 1.4];
    const deciding = decidingConcepts(differences);
    const leftWithout = (gone: readonly number[]): number =>
      differences.reduce((sum, value, k) => (gone.includes(k) ? sum : sum + value), 0);
    expect(leftWithout(deciding)).toBeLessThanOrEqual(0);
    const sets = Array.from({ length: 2 ** differences.length }, (_, bits) =>
      [...differences.keys()].filter((k) => (bits >> k) & 1),
    );
    for (const smaller of sets.filter(({ length }) => length < deciding.length)) {
      expect(leftWithout(smaller)).toBeGreaterThan(0);
    }
  });
});

describe('a comparison of two classes', () => {
  const contributions = [
    [1, 4, 0],
    [2, -3, 1],
    [3, 1, 0],
  ];
  const logits = [6, 2, 1];

  it('has the differences, whose sum is the margin, and the order of their sizes', () => {
    expect(compareClasses({ contributions }, 0, 1)).toEqual({
      ahead: 0,
      behind: 1,
      differences: [-3, 5, 2],
      margin: 4,
      order: [1, 0, 2],
      deciding: [1],
      folded: [],
    });
  });

  it('has those that decide first, however large what speaks against is', () => {
    const rows = [[-6], [5], [4], [0.5]].map(([d = 0]) => [d, 0]);
    expect(compareClasses({ contributions: rows }, 0, 1)).toMatchObject({ deciding: [1], order: [1, 0, 2, 3] });
  });

  it.each([
    ['that together are under a tenth of all', [10, 9, 9, 9, 0.3, -0.4, -0.2], [5, 4, 6]],
    ['as many as stay under it, the smallest', [3, -0.55, -0.5, -0.5, -0.4, -0.3, -0.1], [5, 6]],
    ['and not one alone', [3, -0.55, -0.5, -0.5, -0.4, -0.45, -0.3], []],
    ['nor any of a few', [10, 0.3, -0.4, -0.2], []],
    ['nor one of a fifth of the largest', [10, 10, 10, 10, 10, 10, 10, 2, 2], []],
    ['nor one that decides', [5, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1], []],
    ['nor any where nothing is said', [0, 0, 0, 0, 0, 0, 0], []],
  ])('folds concepts %s', (_, differences, expected) => {
    const comparison = compareClasses({ contributions: differences.map((d) => [d, 0]) }, 0, 1);
    expect(comparison.folded).toEqual(expected);
    const { order } = comparison;
    expect(order.slice(order.length - expected.length)).toEqual(expected);
  });

  it('is the same whichever class is named first', () => {
    expect(compareClasses({ contributions }, 1, 0)).toEqual(compareClasses({ contributions }, 0, 1));
  });

  it('is with the runner-up, or with the class that is asked for', () => {
    const prediction = { contributions, logits, index: 0 };
    expect(runnerUp(prediction, 0)).toBe(1);
    expect(compareWith(prediction).behind).toBe(1);
    expect(compareWith(prediction, 0)).toEqual(compareWith(prediction));
    expect(compareWith(prediction, 2).behind).toBe(2);
  });
});
