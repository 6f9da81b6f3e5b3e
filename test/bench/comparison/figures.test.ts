import { describe, expect, it } from 'vitest';
import { rowOf } from '../../../bench/comparison/figures.ts';
import { textOf } from '../../../bench/comparison/table.ts';

describe('figures of a comparison', () => {
  it('are means over seeds and inputs, without the inputs that a seed has no value for', () => {
    const { figures, less } = rowOf(
      [
        { contributions: [0.8, 0.6, null], lime: [0.5, 0.5, 0.5] },
        { contributions: [1, 0.8, 0.4], lime: [0.3, 0.1, 0.7] },
      ],
      0,
    );
    expect(figures.contributions?.mean).toBeCloseTo(0.8, 12);
    expect(figures.lime?.mean).toBeCloseTo((0.4 + 0.3 + 0.6) / 3, 12);
    expect(less.lime?.mean).toBeCloseTo(0.45, 12);
    const [low = 0, high = 0] = less.lime?.interval ?? [];
    expect([low, high].map((bound) => bound.toFixed(2))).toEqual(['0.40', '0.50']);
    expect(less.contributions).toBeUndefined();
  });

  it('leave out an explanation that one seed says nothing of', () => {
    expect(Object.keys(rowOf([{ contributions: [1], lime: [1] }, { contributions: [1] }], 0).figures)).toEqual([
      'contributions',
    ]);
  });
});

it('the tables name who is compared, and mark what has no value', () => {
  const same = rowOf([{ contributions: [0.9, 0.8], lime: [0.96, 0.9] }], 0);
  const ofImages = rowOf([{ contributions: [0.9, 0.8] }], 0);
  const one = { variant: 'closed', seeds: [1, 2], accuracy: 0.775, count: 2, near: 2, lipschitz: same };
  const text = textOf([
    { ...one, model: 'rows', faithfulness: same, 'faithfulness.input': same, sensitivity: same },
    { ...one, model: 'images', faithfulness: ofImages, 'faithfulness.input': rowOf([{}], 0), sensitivity: same },
  ]);
  expect(text).toContain('| rows | 77.5 % | 1, 2 | 2 | 2 |');
  expect(text).toMatch(/\| rows \| input removal \| \.85 \| \.93 \| – .* \| −\.080 \(−\.100 to −\.060\) \| – \|/);
  expect(text).not.toContain('| images | own removal');
});
