import { describe, expect, it } from 'vitest';
import type { AttributionAnswer } from '../../../core/attributions/answers/schema.ts';
import { outsideClause } from '../../../core/attributions/answers/words.ts';
import type { AttributionName } from '../../../core/attributions/attribution.ts';
import { captionOf, figureSvg } from '../../../core/figure/figure.ts';
import { COLOURS, channelsOf } from '../../../core/figure/palette.ts';
import type { Manifest } from '../../../core/manifest.ts';
import type { Prediction } from '../../../core/predictor.ts';
import { rowOf, type Tensor, tensor } from '../../../core/tensor.ts';
import { expectClose } from '../../helpers/close.ts';
import { fakeManifest } from '../../helpers/fake-model.ts';
import { barBoxes, collisions, textBoxes } from './boxes.ts';

/** Figures of a black box: what attributions tell of an image and of a table, and nothing of concepts. */

const blackBox = (input: Manifest['input']): Manifest => ({
  ...fakeManifest,
  kind: 'black-box',
  input,
  classes: ['no', 'yes'],
  concepts: [],
  artefacts: [],
});
const prediction: Prediction = {
  label: 'yes',
  index: 1,
  probability: 0.75,
  probabilities: [0.25, 0.75],
  logits: [0, Math.log(3)],
  concepts: [],
  relevances: [],
  contributions: [],
  traversals: [],
};
const answer = (values: number[], others: Partial<AttributionAnswer> = {}): AttributionAnswer => ({
  class: { label: 'yes', index: 1 },
  explains: 'logit',
  shape: [values.length],
  values,
  baseline: { kind: 'means', is: 'the mean of each feature over the training set', values: 0 },
  queries: 1234,
  seed: 0,
  ...others,
});

const drawn = (
  manifest: Manifest,
  input: Tensor,
  attributions: Partial<Record<AttributionName, AttributionAnswer>>,
) => {
  const images: Tensor[] = [];
  const names = Object.keys(attributions) as AttributionName[];
  const svg = figureSvg(
    [{ input, prediction, attributions }],
    { manifest, statics: {} },
    { steps: 7, attributions: { names } },
    (image) => {
      images.push(image);
      return `data:${images.length}`;
    },
  );
  return { svg, images };
};

const names = Array.from({ length: 15 }, (_, f) => `a feature of a rather long name, number ${f}`);
const table = blackBox({
  kind: 'tabular',
  features: names.map((name) => ({ name, unit: 'cm', range: [0, 9] as [number, number] })),
});
/** The rest, from the twelfth by size on, sums to −1 + 1 − 0.5 + 0.25. */
const values = [0.25, -0.5, 1, -1, 2, -2, 3, -3, 4, -4, 5, -5, 6, -6, 7];
const row = tensor(
  Float32Array.from(names, (_, f) => f),
  [15],
);

describe('an attribution of a table', () => {
  const { svg } = drawn(table, row, {
    lime: answer(values, { features: names, drawn: 'quartiles' }),
    'kernel-shap': answer(values, { features: names }),
  });

  it('has a bar a feature, the largest first, as long as its value; of many the rest as one', () => {
    const bars = barBoxes(svg)
      .filter(({ what }) => what === 'rect')
      .slice(0, 12);
    const order = [7, -6, 6, -5, 5, -4, 4, -3, 3, -2, 2, -0.25];
    const unit = (bars[0] as { right: number; left: number }).right - (bars[0] as { left: number }).left;
    expectClose(
      bars.map(({ left, right }) => (right - left) / unit),
      order.map((value) => Math.max(1 / unit, Math.abs(value) / 7)),
      { absolute: 0.02 },
    );
    expect(textBoxes(svg).map(({ what }) => what)).toContain('4 other features');
  });

  it('says what speaks for the class and against it, how it was found, and lets nothing lie on something else', () => {
    expect(collisions(svg)).toEqual([]);
    const words = svg.replaceAll(/<[^>]*>/g, ' ');
    expect(words).toContain('“yes” rather than “no”:');
    expect(words).toContain('by lime.');
    expect(words).toContain('quartiles of the training set; 1,234 rows asked.');
    expect(words).toContain('A black box gives no reasons of its own');
    expect(words).not.toContain('concept');
  });
});

describe('an attribution of an image', () => {
  const manifest = blackBox({ kind: 'image', channels: 1, height: 2, width: 2, foreground: 'light' });
  const shown = answer([2, -1, 0, 0.5], { shape: [2, 2], baseline: { kind: 'ground', is: 'the ground', values: 0 } });
  const { svg, images } = drawn(manifest, tensor(Float32Array.of(1, 1, 1, 1), [1, 2, 2]), { occlusion: shown });

  it('colours pixels by what they say, the largest in full, on a pale image', () => {
    const [FOR, AGAINST] = [COLOURS.for, COLOURS.against].map(channelsOf) as [readonly number[], readonly number[]];
    const map = images.find(({ shape }) => shape[0] === 3) ?? expect.fail('no heat map');
    const pixel = (p: number) => [0, 1, 2].map((c) => rowOf({ shape: [3, 4], data: map.data }, c)[p] as number);
    const mixed = (colour: readonly number[], share: number) => colour.map((channel) => 1 + share * (channel - 1));
    expectClose(
      [pixel(0), pixel(1), pixel(2), pixel(3)].flat(),
      [mixed(FOR, 1), mixed(AGAINST, 0.5), [1, 1, 1], mixed(FOR, 0.25)].flat(),
      {
        absolute: 1e-6,
      },
    );
  });

  it('says what the colours are and what was covered', () => {
    expect(collisions(svg)).toEqual([]);
    const words = svg.replaceAll(/<[^>]*>/g, ' ').replaceAll(/\s+/g, ' ');
    expect(words).toContain('what is blue speaks for “yes”, what is orange against it, by occlusion.');
    expect(words).toContain('in the place of a part: the ground; 1,234 rows asked.');
    expect(words).not.toContain('concept');
  });

  it('is not claimed where none was asked for', () => {
    const none = drawn(manifest, tensor(new Float32Array(4), [1, 2, 2]), {}).svg;
    expect(none).toContain('“yes” rather than “no”.');
    expect(none).toContain('it was not asked about changed inputs');
  });
});

describe('words of attributions', () => {
  const input = {
    kind: 'tabular',
    features: ['p', 'q'].map((name) => ({ name, range: [0, 1] as [number, number] })),
  } as const;
  const clause = (own: number[]) =>
    outsideClause({ ...input, features: [...input.features] }, Float32Array.of(1, 0.5), 'lime', answer(own));

  it.each<[number[], string]>([
    [[1, 0.5], 'p (1) and q (0.5) speak for “yes”, by lime'],
    [[1, 0.05], 'p (1) speaks for “yes”, by lime'],
    [[1, -1], 'p (1) speaks for “yes”, q (0.5) against it, by lime'],
    [[-1, 0], 'p (1) speaks against “yes”, by lime'],
    [[0, 0], 'no feature speaks for it, by lime'],
  ])('of %o say: %s', (own, expected) => {
    expect(clause(own)).toBe(expected);
  });

  it('stand in the caption, after those of columns where the model has concepts', () => {
    const options = { steps: 7, attributions: { names: ['occlusion' as const] } };
    expect(captionOf(table, options)).toMatch(/^Blue speaks for the class/);
    expect(captionOf(fakeManifest, options)).toMatch(/^Each row is a concept.* A value of occlusion is /);
    expect(captionOf(fakeManifest)).not.toContain('occlusion');
  });
});
