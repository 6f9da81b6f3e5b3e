import { describe, expect, it } from 'vitest';
import { explain } from '../../../core/artefacts/explanation.ts';
import { checkPanels, figureSvg } from '../../../core/figure/figure.ts';
import { fitted, textWidth } from '../../../core/figure/text.ts';
import type { Manifest } from '../../../core/manifest.ts';
import type { Prediction } from '../../../core/predictor.ts';
import { tensor } from '../../../core/tensor.ts';
import { pngDataUri } from '../../../serve/images/png.ts';
import { expectClose } from '../../helpers/close.ts';
import { fakeManifest } from '../../helpers/fake-model.ts';
import { collisions } from './boxes.ts';

/** Twelve concepts: eleven features with long names, and a constant one. */
const LONG = 'Number_of_prior_convictions_within_the_last_thirty_six_months';
const names = [LONG, ...Array.from({ length: 10 }, (_, f) => `feature <${f}> & "co"`)];
const constant = { q05: 1, q25: 1, q50: 1, q75: 1, q95: 1 };
const manifest: Manifest = {
  ...fakeManifest,
  name: 'wide',
  input: { kind: 'tabular', features: names.map((name) => ({ name, range: [0, 1] })) },
  classes: ['no', 'yes'],
  concepts: [...names, 'bias'].map((name) => ({ name, quantiles: constant, prototypes: [] })),
};
const K = manifest.concepts.length;

/** Contributions to "yes": −2, −1.5, …, 3.5; to "no" a quarter of them, turned round. */
function predictionOf(): Prediction {
  const contribution = (k: number): number => k / 2 - 2;
  const relevances = Array.from({ length: K }, (_, k) => [contribution(k) / -4, contribution(k)]).flat();
  const [explanation] = explain(
    tensor(new Float32Array(K).fill(1), [1, K]),
    tensor(Float32Array.from(relevances), [1, K, 2]),
  );
  const traversals = manifest.concepts.map((_, k) => ({
    concept: k,
    values: [1],
    decoded: tensor(new Float32Array(names.length).fill(1), [1, names.length]),
  }));
  return { label: 'yes', index: 1, probability: 1, ...(explanation as NonNullable<typeof explanation>), traversals };
}

/** Of the key to the bars. */
const SWATCHES = 2;

const figure = (contrast?: string): string => {
  const input = tensor(
    Float32Array.from(names, () => 0.5),
    [names.length],
  );
  return figureSvg(
    [{ input, prediction: predictionOf() }],
    { manifest, statics: {} },
    { steps: 1, contrast },
    pngDataUri,
  );
};
const numbersOf = (svg: string, attribute: string): number[] =>
  [...svg.matchAll(new RegExp(`<rect x[^>]* ${attribute}="([^"]+)"[^>]*>`, 'g'))].map(([, value]) => Number(value));
const textsOf = (svg: string): { x: number; y: number; text: string; attributes: string }[] =>
  [...svg.matchAll(/<text (x="([^"]+)" y="([^"]+)"[^>]*)>([^<]*)<\/text>/g)].map(
    ([, attributes = '', x, y, text = '']) => ({
      x: Number(x),
      y: Number(y),
      attributes,
      text: text.replace(/&#(\d+);/g, (_, code) => String.fromCharCode(Number(code))),
    }),
  );

describe('the figure of a table', () => {
  /** What each concept does to the margin, in the order of the rows: those that decide first, of equals the first. */
  const differences = predictionOf().contributions.map(([no = 0, yes = 0]) => yes - no);
  const order = [...differences.keys()].sort(
    (a, b) => Math.abs(differences[b] as number) - Math.abs(differences[a] as number) || a - b,
  );

  /** 0 and 0.625 to either side, of 23.75 in all, share a row; that is the last. */
  const FOLDED = 3;
  const shown = order.slice(0, -FOLDED);

  it('has a bar a concept, as long as what it does to the margin, the largest first, and one for all that hardly matter', () => {
    const svg = figure();
    const widths = numbersOf(svg, 'width').slice(SWATCHES);
    expect(widths).toHaveLength(K - FOLDED + 1);
    expect(order.slice(-FOLDED).map((k) => differences[k])).toEqual([-0.625, 0.625, 0]);
    expect(widths.at(-1)).toBe(0);
    expect(svg).toMatch(/<title>[^<]* −0\.63, [^<]* \+0\.63, [^<]* 0\.00<\/title><text [^>]*>3 other concepts<\/text>/);
    const unit = (widths[0] as number) / Math.abs(differences[order[0] as number] as number);
    expectClose(
      widths.slice(0, -1),
      shown.map((k) => Math.abs(differences[k] as number) * unit),
      { absolute: 1e-6 },
    );
    const tops = numbersOf(svg, 'y').slice(SWATCHES);
    expect(tops).toEqual([...tops].sort((a, b) => a - b));
    const fills = [...svg.matchAll(/<rect x[^>]*fill="([^"]+)"/g)].map(([, fill]) => fill).slice(SWATCHES);
    const isFor = [...shown, 4].map((k) => (differences[k] as number) >= 0);
    expect(new Set(fills.filter((_, i) => isFor[i]))).not.toEqual(new Set(fills.filter((_, i) => !isFor[i])));
    expect(new Set(fills).size).toBe(2);
  });

  it('says which side speaks for which class, by how much one is ahead, and which concepts decide', () => {
    const texts = textsOf(figure()).map(({ text }) => text);
    expect(texts).toEqual(expect.arrayContaining(['→ for “yes”', '← for “no”, against “yes”', 'sum: ahead by 11.25']));
    // 3.5 + 3 + 2.5 to “yes”, a quarter more with what they take from “no”: 11.25
    expect(texts.filter((text) => text === 'decides')).toHaveLength(3);
    expect(texts.filter((text) => text === 'against')).toHaveLength(3);
    expect(texts[0]).toMatch(/^“yes” rather than “no”, mainly because bias \(the same in every input\), feature <9> /);
  });

  it('is the same with the runner-up asked for, and with the predicted class', () => {
    expect(figure('no')).toBe(figure());
    expect(figure('yes')).toBe(figure());
  });

  it('keeps names apart from values, however long, and every name in its row', () => {
    const texts = textsOf(figure());
    const bold = texts.filter(({ attributes }) => /size="13" font-weight="600".*anchor="start"/.test(attributes));
    const concepts = shown.map((k) => {
      const name = manifest.concepts[k]?.name as string;
      return bold.find(({ text }) => name === text || (text.endsWith('…') && name.startsWith(text.slice(0, -1))));
    }) as typeof bold;
    expect(concepts).not.toContain(undefined);
    const value = texts.find(({ text }) => text === '0.5');
    const longest = concepts[order.indexOf(0)] as (typeof concepts)[number];
    expect(longest.text).toMatch(/^Number_of_prior.*…$/);
    expect(longest.x + textWidth(longest.text, { weight: 600 })).toBeLessThan((value?.x ?? 0) - textWidth('0.5'));
    const rows = concepts.map(({ y }) => y);
    expect(Math.min(...rows.slice(1).map((y, k) => y - (rows[k] as number)))).toBeGreaterThan(20);
  });

  it('lists the features that are no concepts, the first of many', () => {
    const learned = { ...manifest, concepts: [{ name: 'learned', quantiles: constant, prototypes: [] }] };
    const many = {
      kind: 'tabular' as const,
      features: Array.from({ length: 60 }, (_, f) => ({ name: `f${f}`, range: [0, 9] as [number, number] })),
    };
    const input = tensor(
      Float32Array.from({ length: 60 }, (_, f) => f / 4),
      [60],
    );
    const [explanation] = explain(tensor(Float32Array.of(1), [1, 1]), tensor(Float32Array.of(1, 2), [1, 1, 2]));
    const prediction: Prediction = {
      label: 'yes',
      index: 1,
      probability: 1,
      ...(explanation as NonNullable<typeof explanation>),
      traversals: [],
    };
    const svg = figureSvg(
      [{ input, prediction }],
      { manifest: { ...learned, input: many }, statics: {} },
      { steps: 1 },
      pngDataUri,
    );
    const listed = textsOf(svg).filter(({ text }) => /^f\d+: |^and /.test(text));
    expect(listed.map(({ text }) => text)).toEqual([
      ...Array.from({ length: 13 }, (_, f) => `f${f}: ${f / 4}`),
      'and 47 more',
    ]);
    const height = Number(/height="(\d+)"/.exec(svg)?.[1]);
    expect(Math.max(...listed.map(({ y }) => y))).toBeLessThan(height);
  });

  it('fits a number of rows that is known before anything is predicted', () => {
    expect(() => checkPanels(10, manifest, { steps: 7 })).not.toThrow();
    expect(() => checkPanels(64, manifest, { steps: 7 })).toThrow(/64 inputs; at most \d+ of model "wide"/);
  });
});

describe('the figure of a table with a learned concept', () => {
  const concepts = [
    { name: 'age', quantiles: constant, prototypes: [] },
    { name: 'standing', quantiles: { q05: 0, q25: 0, q50: 0, q75: 1, q95: 1 }, prototypes: [4, 2] },
  ];
  const features = [
    { name: 'age', unit: 'years', range: [20, 70] as [number, number] },
    { name: 'rate', unit: '%', range: [0, 1] as [number, number] },
    { name: 'still', range: [0, 1] as [number, number] },
  ];
  const learned: Manifest = { ...manifest, input: { kind: 'tabular', features }, concepts };
  const [explanation] = explain(tensor(Float32Array.of(1, 2), [1, 2]), tensor(Float32Array.of(1, 2, -1, 3), [1, 2, 2]));
  const moved = { concept: 1, values: [0, 1], decoded: tensor(Float32Array.of(30, 0.2, 1, 40, 0.9, 1), [2, 3]) };
  const prediction: Prediction = {
    ...{ label: 'yes', index: 1, probability: 1 },
    ...(explanation as NonNullable<typeof explanation>),
    traversals: [{ ...moved, concept: 0 }, moved],
  };
  const drawn = (listed: boolean): string => {
    const shown = listed ? { ...learned, artefacts: [...learned.artefacts, 'prototypes'] } : learned;
    const rows = Float32Array.of(0, 0, 0, 0, 0, 0, 62, 0.7, 1, 68, 0.7, 1);
    const statics = listed ? { prototypes: tensor(rows, [2, 2, 3]) } : {};
    const panel = { input: tensor(Float32Array.of(35, 0.5, 1), [3]), prediction };
    return figureSvg([panel], { manifest: shown, statics }, { steps: 2 }, pngDataUri);
  };

  it('tells where the features that follow it lie among its prototypes', () => {
    const svg = drawn(true);
    expect(collisions(svg)).toEqual([]);
    const texts = textsOf(svg);
    const row = (text: string) => texts.find((found) => found.text === text)?.y;
    expect(row('rate 0.2 → 0.9 %')).toBe(row('rate 0.7 %'));
    expect(row('age 30 → 40 years')).toBe(row('age 62 to 68 years'));
    expect(row('rate 0.7 %')).toBeGreaterThan(0);
    expect(row('age 62 to 68 years')).toBeGreaterThan(0);
  });

  it('tells nothing of prototypes where there are none', () => {
    expect(collisions(drawn(false))).toEqual([]);
    expect(drawn(false)).not.toContain('prototypes');
  });
});

describe('a text with a width', () => {
  it('is whole where it fits, and else its beginning', () => {
    expect(fitted('short', 100)).toBe('short');
    const cut = fitted('a name that is far too long for its column', 100);
    expect(cut).toMatch(/^a name.*…$/);
    expect(textWidth(cut)).toBeLessThanOrEqual(100);
    expect(fitted('anything', 0)).toBe('a…');
    expect(fitted('7', 0)).toBe('7');
  });

  it('is wider in capitals, in bold and in letters that fill a square', () => {
    expect(textWidth('WWWW')).toBeGreaterThan(1.5 * textWidth('illi'));
    expect(textWidth('漢字')).toBeGreaterThanOrEqual(2 * 13);
    expect(textWidth('name', { weight: 600 })).toBeGreaterThan(textWidth('name'));
    const cut = fitted('漢字漢字漢字漢字', 60);
    expect(cut).toMatch(/^漢.*…$/);
    expect(textWidth(cut)).toBeLessThanOrEqual(60);
  });
});
