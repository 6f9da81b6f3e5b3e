import { describe, expect, it } from 'vitest';
import { explain } from '../../core/explain.ts';
import type { Manifest } from '../../core/manifest.ts';
import type { Prediction } from '../../core/predictor.ts';
import { tensor } from '../../core/tensor.ts';
import { checkPanels, figureSvg } from '../../serve/explain/figure.ts';
import { fitted, textWidth } from '../../serve/explain/svg.ts';
import { expectClose } from '../helpers/close.ts';
import { fakeManifest } from '../helpers/fake-model.ts';

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

const figure = (contrast?: string): string => {
  const input = tensor(
    Float32Array.from(names, () => 0.5),
    [names.length],
  );
  return figureSvg([{ input, prediction: predictionOf() }], manifest, { steps: 1, contrast });
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
  it('has one bar a concept, as long as its contribution, in the order of the concepts', () => {
    const svg = figure();
    const widths = numbersOf(svg, 'width');
    expect(widths).toHaveLength(K);
    const contributions = predictionOf().contributions.map((row) => row[1] as number);
    const unit = (widths[0] as number) / 2;
    expectClose(
      widths,
      contributions.map((value) => Math.abs(value) * unit),
      { absolute: 1e-6 },
    );
    const tops = numbersOf(svg, 'y');
    expect(tops).toEqual([...tops].sort((a, b) => a - b));
    const fills = [...svg.matchAll(/<rect x[^>]*fill="([^"]+)"/g)].map(([, fill]) => fill);
    expect(new Set(fills.slice(0, 4))).not.toEqual(new Set(fills.slice(5)));
  });

  it('with a contrast has two bars a concept on one scale, and says which is which', () => {
    const svg = figure('no');
    const widths = numbersOf(svg, 'width').slice(2); // after the two swatches
    expect(widths).toHaveLength(2 * K);
    expectClose(
      widths.slice(K),
      widths.slice(0, K).map((width) => width / 4),
      { absolute: 1e-6 },
    );
    const texts = textsOf(svg).map(({ text }) => text);
    expect(texts.filter((text) => text.startsWith('contribution to'))).toEqual([
      'contribution to “yes”, sum +9.00',
      'contribution to “no”, sum −2.25',
    ]);
  });

  it('with the predicted class as contrast is the figure without one', () => {
    expect(numbersOf(figure('yes'), 'width')).toHaveLength(K);
  });

  it('keeps names apart from values, however long, and every name in its row', () => {
    const texts = textsOf(figure());
    const concepts = texts.filter(({ attributes, x }) => /weight="600".*anchor="start"/.test(attributes) && x > 200);
    expect(concepts.map(({ text }) => text.replace('…', ''))).toEqual(
      manifest.concepts.map(({ name }, k) => name.slice(0, concepts[k]?.text.replace('…', '').length)),
    );
    const value = texts.find(({ text }) => text === '0.5');
    const longest = concepts[0] as (typeof concepts)[number];
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
    const svg = figureSvg([{ input, prediction }], { ...learned, input: many }, { steps: 1 });
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

describe('a text with a width', () => {
  it('is whole where it fits, and else its beginning', () => {
    expect(fitted('short', 100)).toBe('short');
    const cut = fitted('a name that is far too long for its column', 100);
    expect(cut).toMatch(/^a name.*…$/);
    expect(textWidth(cut)).toBeLessThanOrEqual(100);
    expect(fitted('anything', 0)).toBe('a…');
  });
});
