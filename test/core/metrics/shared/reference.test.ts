import { describe, expect, it } from 'vitest';
import { absentConcepts, conceptOfFeature } from '../../../../core/metrics/shared/reference.ts';
import { mostRows, spreadRows } from '../../../../core/metrics/shared/spread.ts';
import { fakeManifest } from '../../../helpers/fake-model.ts';
import { conceptWith } from '../../../helpers/linear-model.ts';

const bias = conceptWith('bias', [1, 1, 1, 1, 1]);
const rare = conceptWith('rare', [0, 0, 0, 0, 0], 0.01);
const usual = conceptWith('usual', [-1, 0, 0, 0, 1], 0.25);

describe('the concepts that can be absent', () => {
  it('are all but the constant ones, each with its mean', () => {
    expect(absentConcepts({ concepts: [usual, bias, rare] })).toEqual([
      { k: 0, mean: 0.25 },
      { k: 2, mean: 0.01 },
    ]);
  });

  it('are not known where the manifest tells no mean', () => {
    const { mean: _, ...unknown } = usual;
    expect(absentConcepts({ concepts: [unknown, bias] })).toEqual({
      value: null,
      reason: expect.stringContaining('no mean of "usual"'),
    });
  });
});

describe('the concepts of features', () => {
  const input = {
    kind: 'tabular' as const,
    features: ['b', 'a'].map((name) => ({ name, range: [0, 1] as [number, number] })),
  };

  it('are found by their names, whatever else there is', () => {
    expect(conceptOfFeature({ input, concepts: [{ ...usual, name: 'a' }, bias, { ...usual, name: 'b' }] })).toEqual([
      2, 0,
    ]);
  });

  it('are none where a feature has none of its name, or the input is an image', () => {
    expect(conceptOfFeature({ input, concepts: [{ ...usual, name: 'a' }, bias] })).toBeUndefined();
    expect(conceptOfFeature(fakeManifest)).toBeUndefined();
  });
});

it('mostRows are fewer where rows are large, and one at least', () => {
  expect(mostRows(20_000, [1, 28, 28])).toBe(20_000);
  expect(mostRows(20_000, [1, 64, 64])).toBe(8192);
  expect(mostRows(20_000, [3, 4096, 4096])).toBe(1);
});

describe('spreadRows', () => {
  it('are spread evenly, and all where there are no more', () => {
    expect([...spreadRows(10, 4)]).toEqual([0, 2, 5, 7]);
    expect([...spreadRows(3, 5)]).toEqual([0, 1, 2]);
    expect([...spreadRows(3, 0)]).toEqual([]);
  });
});
