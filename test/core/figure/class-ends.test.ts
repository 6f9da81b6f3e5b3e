import { describe, expect, it } from 'vitest';
import { explain } from '../../../core/artefacts/explanation.ts';
import { figureSvg } from '../../../core/figure/figure.ts';
import { classMarks, endForAhead, labelPlaces } from '../../../core/figure/parts/ends/class-ends.ts';
import type { Manifest } from '../../../core/manifest.ts';
import type { Prediction } from '../../../core/predictor.ts';
import { likerOf } from '../../../core/reasons/leaning.ts';
import { tensor } from '../../../core/tensor.ts';
import { decodePng, pngDataUri } from '../../../serve/images/png.ts';
import { fakeManifest } from '../../helpers/fake-model.ts';
import { collisions, imageBoxes, textBoxes } from './boxes.ts';

/** Figures of a model that keeps training images of each class at both ends of its concepts. Classes a, b and c; two concepts. */

const SIDE = 20;
const [K, C, P] = [2, 3, 2];
const quantiles = { q05: -2, q25: -1, q50: 0, q75: 1, q95: 2 };
/** Where each class lies on average: a high and b low in the first concept, all the same in the second. */
const means = [
  [1, 0],
  [-1, 0],
  [0, 0],
];
const manifest: Manifest = {
  ...fakeManifest,
  input: { kind: 'image', channels: 1, height: SIDE, width: SIDE },
  concepts: ['loop', 'slant'].map((name) => ({
    name,
    quantiles,
    mean: 0,
    deviation: 1,
    prototypes: [],
    classPrototypes: Array.from({ length: C }, () => ({ low: [0, 1], high: [2, 3] })),
  })),
  profiles: means.map((own) => ({
    count: 5,
    concepts: own.map((mean) => ({ mean, deviation: 1, contribution: 0, decides: 0 })),
  })) as unknown as NonNullable<Manifest['profiles']>,
  artefacts: [...fakeManifest.artefacts, 'prototypes', 'classPrototypes'],
};

/** Image p of an end of class c in concept k is of the grey 100·k + 20·c + 10 · (high) + p, in 1 / 255. */
const classPrototypes = tensor(
  Float32Array.from({ length: K * C * 2 * P * SIDE ** 2 }, (_, i) => {
    const image = Math.floor(i / SIDE ** 2);
    const [k, rest] = [Math.floor(image / (C * 2 * P)), image % (C * 2 * P)];
    return (100 * k + 20 * Math.floor(rest / (2 * P)) + 10 * (Math.floor(rest / P) % 2) + (rest % P)) / 255;
  }),
  [K, C * 2 * P, 1, SIDE, SIDE],
);

/** @param theta `[K][C]` */
function predicted(concepts: readonly number[], theta: readonly (readonly number[])[]): Prediction {
  const [own] = explain(
    tensor(Float32Array.from(concepts), [1, K]),
    tensor(Float32Array.from(theta.flat()), [1, K, C]),
  );
  const traversals = concepts.map((value, concept) => ({
    concept,
    values: [value - 1, value, value + 1],
    decoded: tensor(
      Float32Array.from({ length: 3 * SIDE ** 2 }, (_, i) => (1 + Math.floor(i / SIDE ** 2)) / 255),
      [3, 1, SIDE, SIDE],
    ),
  }));
  return { ...(own as NonNullable<typeof own>), label: 'a', index: 0, probability: 0.9, traversals };
}

const drawn = (prediction: Prediction): string =>
  figureSvg(
    [{ input: tensor(new Float32Array(SIDE ** 2), [1, SIDE, SIDE]), prediction }],
    { manifest, statics: { classPrototypes } },
    { steps: 3 },
    pngDataUri,
  );

/** The greys of every strip, in 1 / 255, from left to right. */
const strips = (svg: string): number[][] =>
  imageBoxes(svg)
    .slice(1)
    .sort((a, b) => a.top - b.top || a.left - b.left)
    .map(({ what }) => {
      const { data, shape } = decodePng(Buffer.from(what.split(',')[1] as string, 'base64'));
      const greys = Array.from(data.subarray(0, shape[2]), (value) => Math.round(value * 255));
      return [...new Set(greys)].filter((value) => value !== 255);
    });

describe('a figure between two classes', () => {
  // class a is ahead of b; more of the first concept speaks for a, and less of the second
  const theta = [
    [4, 0, -9],
    [-1, 0, -9],
  ];
  const prediction = predicted([0.5, -0.25], theta);
  const svg = drawn(prediction);

  it('has the class that is ahead to the right, at the end that speaks for it, and the other to the left', () => {
    const [first, second] = [0, 1].map((k) => endForAhead(prediction.relevances, { ahead: 0, behind: 1 }, k));
    expect([first, second]).toEqual(['high', 'low']);
    expect(strips(svg)).toEqual([
      [20, 21], // b, low in the first concept
      [10, 11], // a, high in it
      [1, 2, 3],
      [130, 131], // b, high in the second
      [100, 101], // a, low in it
      [3, 2, 1], // whose strip runs from more to less, towards a as well
    ]);
    expect(textBoxes(svg).map(({ what }) => what)).toEqual(
      expect.arrayContaining(['of “b”', 'of “a”', '← “b”', '“a” →']),
    );
    expect(svg).toContain('<title>a “b” of the training set, among the lowest of loop</title>');
    expect(collisions(svg)).toEqual([]);
  });

  it('says where each class lies on average, on the same line', () => {
    const [a, b] = [
      { text: 'a', isAhead: true },
      { text: 'b', isAhead: false },
    ];
    const between = { ahead: 0, behind: 1 };
    expect(classMarks(manifest, between, 0, 'high')).toEqual([
      { ...b, place: 0.25 },
      { ...a, place: 0.75 },
    ]);
    expect(classMarks(manifest, between, 0, 'low')).toEqual([
      { ...a, place: 0.25 },
      { ...b, place: 0.75 },
    ]);
    expect(classMarks({ ...manifest, profiles: undefined }, between, 0, 'high')).toEqual([]);
  });

  it('moves labels apart that would lie on each other', () => {
    const at = (...places: number[]) => places.map((place) => ({ text: 'a', isAhead: true, place }));
    expect(labelPlaces(at(0.25, 0.75), 0.25)).toEqual([0.25, 0.75]);
    expect(labelPlaces(at(0.5, 0.5), 0.25)).toEqual([0.375, 0.625]);
    expect(labelPlaces(at(0.5), 0.25)).toEqual([0.5]);
  });

  it('likens an input to the class that is nearer, where the two lie apart', () => {
    expect(likerOf(manifest, 0, 0.5, [0, 1])).toBe(0);
    expect(likerOf(manifest, 0, -0.1, [0, 1])).toBe(1);
    expect(likerOf(manifest, 1, 0.5, [0, 1])).toBeUndefined();
    expect(likerOf({ ...manifest, profiles: undefined }, 0, 0.5, [0, 1])).toBeUndefined();
    expect(svg).toContain('loop (a little high, like “a”)');
    expect(svg).not.toMatch(/slant \([^)]*like/);
  });
});
