import { describe, expect, it } from 'vitest';
import { explain } from '../../../core/artefacts/explanation.ts';
import { figureSvg } from '../../../core/figure/figure.ts';
import type { Panel } from '../../../core/figure/panel.ts';
import type { Manifest } from '../../../core/manifest.ts';
import type { Prediction } from '../../../core/predictor.ts';
import { compareWith } from '../../../core/reasons/comparison.ts';
import { sizeOf, tensor } from '../../../core/tensor.ts';
import { figurePage } from '../../../serve/answers/html.ts';
import { decodePng, pngDataUri } from '../../../serve/images/png.ts';
import { fakeManifest } from '../../helpers/fake-model.ts';
import { type Box, barBoxes, collisions, imageBoxes, textBoxes } from './boxes.ts';

/** Ten concepts and four classes, with names as people write them. */
const K = 10;
const P = 5;
const SIDE = 28;
const concepts = [
  'stroke',
  'A CONCEPT IN CAPITAL LETTERS, WHICH ARE WIDE',
  '漢字漢字漢字漢字漢字漢字漢字漢字漢字',
  'mmmmmmmmmmmmmmmmmmmmmmmmmmmmmm',
  'x',
  'slant <b> & "co"',
  ...['six', 'seven', 'eight', 'nine'],
];
const classes = ['T-shirt/top, long or short sleeves', 'WWWWWWWWWWWW', 'b', '漢字漢字漢字漢字漢字漢字'];
const manifest: Manifest = {
  ...fakeManifest,
  input: { kind: 'image', channels: 1, height: SIDE, width: SIDE },
  classes,
  concepts: concepts.map((name, k) => ({
    name,
    quantiles: { q05: -1, q25: 0, q50: 1, q75: 2, q95: 3 },
    prototypes: Array.from({ length: k === 1 ? 2 : P }, (_, p) => p),
  })),
  artefacts: [...fakeManifest.artefacts, 'prototypes'],
  files: { prototypes: { file: 'prototypes.png', sha256: '0'.repeat(64) } },
};
const shape = [K, P, 1, SIDE, SIDE];
/** Prototype p of concept k is all of one grey, its own. */
const grey = (k: number, p: number): number => (k * P + p) / 255;
const prototypes = tensor(
  Float32Array.from({ length: sizeOf(shape) }, (_, i) => {
    const image = Math.floor(i / SIDE ** 2);
    return grey(Math.floor(image / P), image % P);
  }),
  shape,
);

/** Of the key to the bars. */
const SWATCHES = 2;

/** Contributions of concept k to class c: `(k − 4)·scale` to the predicted class, less to the others in their order. */
function panelOf(index: number, steps: number, scale = 1): Panel {
  const relevance = (k: number, c: number): number => (c === index ? (k - 4) * scale : (3 - k) * scale - c);
  const relevances = Array.from({ length: K * 4 }, (_, i) => relevance(Math.floor(i / 4), i % 4));
  const [explanation] = explain(
    tensor(new Float32Array(K).fill(1), [1, K]),
    tensor(Float32Array.from(relevances), [1, K, 4]),
  );
  const traversals = concepts.map((_, concept) => ({
    concept,
    values: Array.from({ length: steps }, (_, s) => s),
    decoded: tensor(new Float32Array(steps * SIDE ** 2).fill(0.5), [steps, 1, SIDE, SIDE]),
  }));
  const prediction: Prediction = {
    ...{ label: classes[index] as string, index, probability: 0.9 },
    ...(explanation as NonNullable<typeof explanation>),
    traversals,
  };
  return { input: tensor(new Float32Array(SIDE ** 2), [1, SIDE, SIDE]), prediction };
}

const figure = (count = 1, contrast?: string, steps = 7): string => {
  const panels = Array.from({ length: count }, (_, i) => panelOf(i % 4, steps, 10 ** (i % 3)));
  return figureSvg(panels, { manifest, statics: { prototypes } }, { steps, contrast }, pngDataUri);
};

/** The rows of input i: one a concept, but one for all that hardly matter. */
function rowsOf(i: number): number {
  const { folded } = compareWith(panelOf(i % 4, 1, 10 ** (i % 3)).prediction);
  return K - folded.length + (folded.length > 0 ? 1 : 0);
}
const folded = compareWith(panelOf(0, 1).prediction).folded;

const keys = (svg: string): string[] =>
  textBoxes(svg)
    .map(({ what }) => what)
    .filter((text) => /^[→←] for/.test(text));
const sums = (svg: string): string[] =>
  textBoxes(svg)
    .map(({ what }) => what)
    .filter((text) => text.startsWith('sum'));

describe('the figure of images', () => {
  it.each([
    [1, 7],
    [3, 7],
    [10, 7],
    [1, 1],
    [1, 2],
    [1, 3],
    [2, 4],
    [1, 25],
  ])('of %i inputs in %i steps has nothing on top of anything else', (count, steps) => {
    const svg = figure(count, undefined, steps);
    expect(collisions(svg)).toEqual([]);
    const bars = Array.from({ length: count }, (_, i) => rowsOf(i) + SWATCHES);
    expect(barBoxes(svg)).toHaveLength(bars.reduce((sum, own) => sum + own));
  });

  it.each([
    [3, 40],
    [40, 3],
    [37, 37],
    [200, 100],
  ])('of images of %i × %i has nothing on top of anything else', (height, width) => {
    const input = { kind: 'image', channels: 1, height, width } as const;
    const own = manifest.concepts.map((concept) => ({ ...concept, prototypes: [0] }));
    const size = height * width;
    for (const steps of [1, 2, 3, 7]) {
      const { prediction } = panelOf(0, steps);
      const decoded = tensor(new Float32Array(steps * size), [steps, 1, height, width]);
      const traversals = prediction.traversals.map((traversal) => ({ ...traversal, decoded }));
      const panel = {
        input: tensor(new Float32Array(size), [1, height, width]),
        prediction: { ...prediction, traversals },
      };
      const images = tensor(new Float32Array(K * size), [K, 1, 1, height, width]);
      const model = { manifest: { ...manifest, input, concepts: own }, statics: { prototypes: images } };
      expect(collisions(figureSvg([panel], model, { steps }, pngDataUri))).toEqual([]);
    }
  });

  it('shows the first prototypes of each concept in its row, and fewer where it has less', () => {
    const svg = figure();
    const [, ...images] = imageBoxes(svg);
    const order = compareWith(panelOf(0, 7).prediction).order.slice(0, K - folded.length);
    expect(images).toHaveLength(2 * order.length);
    const labels = textBoxes(svg);
    for (const [row, k] of order.entries()) {
      const name = concepts[k] as string;
      const [strip, traversal] = [images[row], images[order.length + row]] as [Box, Box];
      expect([strip.top, strip.bottom]).toEqual([traversal.top, traversal.bottom]);
      const greys = [0, 1, 2].slice(0, k === 1 ? 2 : 3).map((p) => grey(k, p));
      const shown = decodePng(Buffer.from(strip.what.split(',')[1] as string, 'base64'));
      const gap = [1, 1];
      expect([...shown.data.subarray(0, shown.shape[2])]).toEqual(
        greys.flatMap((value, p) => [...(p === 0 ? [] : gap), ...Array(SIDE).fill(Math.fround(value))]),
      );
      const label = labels.find(({ what }) => name.startsWith(what.replace('…', ''))) as Box;
      expect(label.top).toBeGreaterThan(strip.top);
      expect(label.bottom).toBeLessThan(strip.bottom);
      expect(strip.left).toBeGreaterThan(label.right);
      expect(traversal.left).toBeGreaterThan(strip.right);
    }
  });

  it('has no room for prototypes where the model has none', () => {
    const without = { ...manifest, artefacts: fakeManifest.artefacts, files: {} };
    const svg = figureSvg([panelOf(0, 7)], { manifest: without, statics: {} }, { steps: 7 }, pngDataUri);
    expect(imageBoxes(svg)).toHaveLength(1 + K - folded.length);
    expect(svg).not.toContain('prototypes');
    const widthOf = (text: string) => Number(/ width="(\S+)"/.exec(text)?.[1]);
    expect(widthOf(svg)).toBeLessThan(widthOf(figure()) - 3 * SIDE);
  });

  it('sets the predicted class beside the runner-up, the one asked for, or the runner-up of that', () => {
    // class 0 is predicted; of the others each has less the later it stands
    expect(keys(figure())[0]).toMatch(/^→ for “T-shirt/);
    expect(keys(figure())[1]).toMatch(/^← for “WWW/);
    expect(sums(figure())).toEqual(['sum: ahead by 30.00']);
    expect(keys(figure(1, 'b'))[1]).toMatch(/^← for “b”, against “T-shirt/);
    expect(sums(figure(1, 'b'))).toEqual(['sum: ahead by 40.00']);
    expect(figure(1, classes[0])).toBe(figure());
    expect(figure(1, classes[1])).toBe(figure());
  });

  it('tells those who do not see it what each concept contributes', () => {
    const svg = figure(2);
    const labels = [...svg.matchAll(/<g role="img" aria-label="([^"]*)">/g)].map(([, label = '']) => label);
    expect(labels).toHaveLength(2);
    expect(labels[0]).toContain('Input 1 of 2: “T-shirt/top, long or short sleeves”, 90.0 %.');
    expect(labels[0]).toMatch(/“T-shirt.* rather than “WWWWWWWWWWWW”, mainly because /);
    // the concept that counts most first: nine, of 5 against −7
    expect(labels[0]).toContain('sum +5.00: nine +5.00, eight +4.00, ');
    expect(labels[0]).toContain('slant &#60;b&#62; &#38; &#34;co&#34; +1.00');
    expect(labels[0]).toContain('Contributions to “WWWWWWWWWWWW”, sum −25.00: nine −7.00, ');
    expect(labels[1]).toMatch(/^Input 2 of 2: “WWW/);
    expect(svg).toMatch(/^<svg [^>]*role="group" aria-label="fake 1: explanation of 2 inputs"/);
  });

  it('stands in a page with a title, a heading and a caption', () => {
    const page = figurePage(figure(), { ...manifest, version: '<b>' }, 'cpu');
    expect(page).toContain('<html lang="en">');
    for (const tag of ['title', 'h1']) expect(page).toContain(`<${tag}>Explanation by fake &#60;b&#62;</${tag}>`);
    expect(page).toMatch(/<figcaption>Each row is a concept.*bar of.*prototypes.*<\/figcaption>/);
  });
});
