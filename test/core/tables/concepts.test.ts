import { describe, expect, it } from 'vitest';
import { createPredictor, type Prediction, type Traversal } from '../../../core/predictor.ts';
import { movedFeatures, movedLines } from '../../../core/tables/moved-features.ts';
import { featuresOfConcepts } from '../../../core/tables/named-concepts.ts';
import { tensor } from '../../../core/tensor.ts';
import { fakeManifest, rowSession } from '../../helpers/fake-model.ts';

const features = [
  { name: 'age', range: [0, 100] as [number, number] },
  { name: 'priors', range: [0, 10] as [number, number] },
  { name: 'fixed', range: [2, 2] as [number, number] },
];
const traversal = (rows: number[][]): Traversal => ({
  concept: 0,
  values: rows.map((_, s) => s),
  decoded: tensor(Float32Array.from(rows.flat()), [rows.length, features.length]),
});

describe('the features that a concept moves', () => {
  it('are those that change through most of their range first, at both ends', () => {
    const moved = movedFeatures(
      traversal([
        [10, 2, 2],
        [15, 3, 2],
        [20, 6, 2],
      ]),
      { features },
    );
    expect(moved).toEqual([
      { feature: 1, from: 2, to: 6 },
      { feature: 0, from: 10, to: 20 },
    ]);
  });

  it('are told in words with their units, the first two', () => {
    const moving = traversal([
      [10, 2.5, 1],
      [20, 6, 3],
    ]);
    const units = features.map((feature) => ({ ...feature, unit: 'u' }));
    expect(movedLines(moving, { features: units })).toEqual(['fixed 1 → 3 u', 'priors 2.5 → 6 u']);
  });

  it('are none of a constant concept, nor any that rounding moves', () => {
    const still = [10, 2, 2];
    expect(movedFeatures(traversal([still, still]), { features })).toEqual([]);
    expect(movedFeatures(traversal([still, [10.0001, 2, 2]]), { features })).toEqual([]);
  });

  it('counts a feature whose range is a point by what it moves', () => {
    expect(
      movedFeatures(
        traversal([
          [0, 0, 2],
          [0, 0, 3],
        ]),
        { features },
      ),
    ).toEqual([{ feature: 2, from: 2, to: 3 }]);
  });
});

it('a concept with the name of a feature is that feature', () => {
  const quantiles = { q05: 0, q25: 0, q50: 0, q75: 0, q95: 0 };
  const concepts = ['priors', 'bias', 'age'].map((name) => ({ name, quantiles, prototypes: [] }));
  expect(featuresOfConcepts({ concepts, input: { kind: 'tabular', features } })).toEqual([1, undefined, 0]);
  expect(featuresOfConcepts(fakeManifest)).toEqual([undefined, undefined]);
});

describe('a constant concept', () => {
  const quantiles = { q05: 1, q25: 1, q50: 1, q75: 1, q95: 1 };
  const [first] = fakeManifest.concepts;
  const manifest = {
    ...fakeManifest,
    input: { kind: 'tabular' as const, features: features.slice(0, 2) },
    concepts: [first as NonNullable<typeof first>, { name: 'bias', quantiles, prototypes: [] }],
  };
  const sessions = {
    conceptizer: rowSession('concepts', [2], ([x = 0]) => [x / 100, 1]),
    parameterizer: rowSession('relevances', [2, 3], () => [1, 2, 3, 0, -1, 1]),
    decoder: rowSession('reconstruction', [2], ([h = 0]) => [100 * h, 5]),
  };

  it.each([1, 2, 7])('stays where it is over %i steps: a flat traversal, like any other in shape', async (steps) => {
    const input = tensor(Float32Array.of(40, 5), [1, 2]);
    const [prediction] = await createPredictor(manifest, sessions).predict(input, { steps });
    const { traversals, contributions } = prediction as Prediction;
    expect(traversals.map(({ concept }) => concept)).toEqual([0, 1]);
    expect(traversals[1]?.values).toEqual(Array(steps).fill(1));
    expect(traversals[1]?.decoded.shape).toEqual([steps, 2]);
    expect(movedFeatures(traversals[1] as Traversal, manifest.input)).toEqual([]);
    expect(contributions[1]).toEqual([0, -1, 1]);
  });
});
