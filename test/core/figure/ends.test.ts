import { describe, expect, it } from 'vitest';
import { explain } from '../../../core/artefacts/explanation.ts';
import type { Familiarity } from '../../../core/artefacts/familiarity/familiarity.ts';
import { captionOf, figureSvg } from '../../../core/figure/figure.ts';
import type { FigureOptions } from '../../../core/figure/panel.ts';
import type { Manifest } from '../../../core/manifest.ts';
import type { Prediction } from '../../../core/predictor.ts';
import { tensor } from '../../../core/tensor.ts';
import { decodePng, pngDataUri } from '../../../serve/images/png.ts';
import { fakeManifest } from '../../helpers/fake-model.ts';
import { collisions, imageBoxes, textBoxes } from './boxes.ts';

/** Figures of a model whose concepts have two ends, of inputs that are unlike the training inputs, and with phrases. */

const SIDE = 20;
const quantiles = { q05: -1, q25: 0, q50: 1, q75: 2, q95: 3 };
const labels = { prototypeLabels: [0, 1, 2, 0], lowPrototypeLabels: [2, 2] };
const manifest: Manifest = {
  ...fakeManifest,
  input: { kind: 'image', channels: 1, height: SIDE, width: SIDE },
  concepts: [
    {
      name: 'slant',
      phrase: 'how far it leans to the right',
      quantiles,
      mean: 1,
      prototypes: [1, 2, 3, 4],
      lowPrototypes: [7, 8],
      ...labels,
    },
    { name: 'loop', quantiles, mean: 1, prototypes: [5, 6], lowPrototypes: [9, 10, 11] },
    { name: 'one end', quantiles, mean: 1, prototypes: [12], lowPrototypes: [] },
    // without a mean the median counts, 1 as well
    { name: 'median', quantiles, prototypes: [13], lowPrototypes: [14] },
  ],
  artefacts: [...fakeManifest.artefacts, 'prototypes', 'lowPrototypes'],
};
const K = 4;

/** Image p of concept k is all of one grey: at the high end (10·k + p) / 255, at the low one 100 more. */
const sheet = (P: number, from: number) =>
  tensor(
    Float32Array.from({ length: K * P * SIDE ** 2 }, (_, i) => {
      const image = Math.floor(i / SIDE ** 2);
      return (from + 10 * Math.floor(image / P) + (image % P)) / 255;
    }),
    [K, P, 1, SIDE, SIDE],
  );
const statics = { prototypes: sheet(4, 0), lowPrototypes: sheet(3, 100) };

function predicted(concepts: readonly number[], familiarity?: Familiarity): Prediction {
  const [explanation] = explain(
    tensor(Float32Array.from(concepts), [1, K]),
    tensor(
      Float32Array.from({ length: K * 3 }, (_, i) => i % 5),
      [1, K, 3],
    ),
  );
  const own = explanation as NonNullable<typeof explanation>;
  return { ...own, label: 'a', index: 0, probability: 0.74, traversals: [], familiarity };
}

const drawn = (prediction: Prediction, model: Manifest = manifest): string =>
  figureSvg(
    [{ input: tensor(new Float32Array(SIDE ** 2), [1, SIDE, SIDE]), prediction }],
    { manifest: model, statics },
    { steps: 3 },
    pngDataUri,
  );

/** The concept that a grey is of. */
const conceptOf = ([grey = 0]: readonly number[]): number => Math.floor((grey % 100) / 10);
/** The greys of every strip, in 1 / 255, without the white gaps; concept by concept, of each in the order of the figure. */
const strips = (svg: string): number[][] =>
  imageBoxes(svg)
    .slice(1)
    .map(({ what }) => {
      const { data, shape } = decodePng(Buffer.from(what.split(',')[1] as string, 'base64'));
      const greys = Array.from(data.subarray(0, shape[2]), (value) => Math.round(value * 255));
      return [...new Set(greys)].filter((value) => value !== 255);
    })
    .sort((a, b) => conceptOf(a) - conceptOf(b));
const texts = (svg: string): string[] => textBoxes(svg).map(({ what }) => what);
/** Of each row, what is said of where the input lies. */
const positions = (svg: string): string[] => texts(svg).filter((text) => /→$|^←/.test(text) && !text.includes('for'));
/** The greys of the strips that are faint, since the input lies towards the other end. */
const faint = (svg: string): number[][] =>
  strips(
    ['<image x="0" y="0" width="1" height="1" href=""/>']
      .concat([...svg.matchAll(/<g opacity="[^"]*">([\s\S]*?)<\/g>/g)].map(([, group = '']) => group))
      .join(''),
  );

describe('a figure of concepts with two ends', () => {
  const all = [[100, 101], [0, 1, 2], [110, 111, 112], [10, 11], [20], [130], [30]];

  it('shows both ends of each, of which the one that the input does not lie towards is faint', () => {
    const above = drawn(predicted([1, 2, 3, 4]));
    expect(strips(above)).toEqual(all);
    expect(faint(above)).toEqual([[100, 101], [110, 111, 112], [130]]);
    const below = drawn(predicted([0.9, -2, -3, -4]));
    expect(strips(below)).toEqual(all);
    expect(faint(below)).toEqual([[0, 1, 2], [10, 11], [20], [30]]);
    for (const svg of [above, below]) expect(collisions(svg)).toEqual([]);
  });

  it('says where the input lies: how far, in which direction', () => {
    // rows are in the order of what they do, which here is that of the concepts' sizes
    expect(positions(drawn(predicted([1, 2, 3, 4]))).sort()).toEqual(['a little high →', ...Array(3).fill('high →')]);
    expect(positions(drawn(predicted([0.9, -2, -3, -4]))).sort()).toEqual([
      '← a little low',
      ...Array(3).fill('← low'),
    ]);
  });

  it('tells of each prototype its class, where the manifest does', () => {
    const svg = drawn(predicted([0, 2, 2, 2]));
    expect(svg).toContain('<title>a “c” of the training set, among the lowest of slant</title>');
    expect(svg).toContain('<title>a training input, among the highest of loop</title>');
  });

  it('says in its caption how the ends are read', () => {
    expect(captionOf(manifest)).toMatch(/the end that it lies towards is framed, the other one faint/);
  });

  it('of a model without the file of the low end is that of a model without one', () => {
    const bare = { ...manifest, artefacts: [...fakeManifest.artefacts, 'prototypes'] };
    const svg = drawn(predicted([0, 0, 0, 0]), bare);
    expect(strips(svg)).toEqual([[0, 1, 2], [10, 11], [20], [30]]);
    expect(positions(svg)).toEqual([]);
    expect(faint(svg)).toEqual([]);
    expect(texts(svg)).toContain('activate it most');
    expect(captionOf(bare)).toContain('Its prototypes are the training inputs that activate it most. ');
  });
});

describe('a figure of concepts by contrast', () => {
  /** The first concept has two pairs, the second one, the others none; of a pair the high one stands first in the file. */
  const pairs: [number, number][][] = [
    [
      [1, 2],
      [3, 4],
    ],
    [[5, 6]],
    [],
    [],
  ];
  const concepts = manifest.concepts.map((concept, k) => ({ ...concept, contrasts: pairs[k] ?? [] }));
  const contrasted: Manifest = { ...manifest, concepts, artefacts: [...fakeManifest.artefacts, 'contrasts'] };
  const asked = { steps: 3, explain: ['contrasts'] } as const;
  const contrastedSvg = (options: FigureOptions): string =>
    figureSvg(
      [{ input: tensor(new Float32Array(SIDE ** 2), [1, SIDE, SIDE]), prediction: predicted([1, 2, 3, 4]) }],
      { manifest: contrasted, statics: { contrasts: sheet(4, 0) } },
      options,
      pngDataUri,
    );
  const svg = contrastedSvg(asked);

  it('is drawn where it is asked for, and nowhere else', () => {
    expect(strips(contrastedSvg({ steps: 3 }))).toEqual([]);
    expect(captionOf(contrasted)).not.toContain('far apart');
  });

  it('shows the first pair of each, the low one before the high one, and nothing of a concept without', () => {
    expect(strips(svg)).toEqual([
      [1, 0],
      [11, 10],
    ]);
    expect(svg).toContain('<title>low in slant</title>');
    expect(svg).toContain('<title>high in loop, and alike in all other concepts</title>');
    expect(collisions(svg)).toEqual([]);
  });

  it('says in its caption what the two are, and has no column where no concept has a pair', () => {
    expect(captionOf(contrasted, asked)).toContain('far apart in this concept and alike in all others');
    expect(captionOf({ ...contrasted, concepts: manifest.concepts }, asked)).not.toContain('far apart');
  });
});

describe('a figure of an input that is unlike the training inputs', () => {
  const listed = { ...manifest, artefacts: [...manifest.artefacts, 'familiarity'] };
  const strange: Familiarity = {
    familiar: false,
    quantile: 1,
    reconstructionError: 0.2,
    relativeError: 1,
    outside: [1],
  };
  const warned = (svg: string): string => texts(svg).join(' ');

  it('says so below its classes and in its label, on top of nothing', () => {
    const svg = drawn(predicted([1, 2, 3, 4], strange), listed);
    expect(warned(svg)).toContain(
      'Unlike the training images: its concepts redraw it worse than nearly all of them; loop is beyond',
    );
    expect(collisions(svg)).toEqual([]);
    expect(svg).toMatch(/aria-label="[^"]*74\.0 %\. Unlike the training images: [^"]*Contributions/);
  });

  it('has the same size as that of a familiar one, which says nothing', () => {
    const familiar = drawn(predicted([1, 2, 3, 4], { ...strange, familiar: true }), listed);
    const sizeOf = (svg: string) => /viewBox="(\S+ \S+ \S+ \S+)"/.exec(svg)?.[1];
    expect(warned(familiar)).not.toContain('Unlike');
    expect(sizeOf(familiar)).toBe(sizeOf(drawn(predicted([1, 2, 3, 4], strange), listed)));
  });
});

describe('the phrase of a concept', () => {
  it('is what its name says to those who point at it, and part of the label', () => {
    const svg = drawn(predicted([1, 2, 3, 4]));
    expect(svg).toContain('<title>slant: how far it leans to the right</title>');
    expect(svg).toMatch(/aria-label="[^"]*slant: how far it leans to the right\."/);
  });
});

describe('what the ends of a concept look like', () => {
  const told = {
    ...manifest,
    concepts: manifest.concepts.map((concept, k) =>
      k === 1 ? { ...concept, ends: { low: 'an open curve', high: 'a closed loop' } } : concept,
    ),
  };

  it('stands under its prototypes, in bold under those of the end that the input lies towards', () => {
    const tagOf = (svg: string, words: string) => new RegExp(`<text[^>]*>${words}</text>`).exec(svg)?.[0];
    const svg = drawn(predicted([1, 2, 3, 4]), told);
    expect(tagOf(svg, 'a closed loop')).toContain('font-weight="600"');
    expect(tagOf(svg, 'an open curve')).toContain('font-weight="400"');
    expect(collisions(svg)).toEqual([]);
    expect(svg).toContain('<title>loop: low: an open curve, high: a closed loop</title>');
  });
});
