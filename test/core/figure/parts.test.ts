import { describe, expect, it } from 'vitest';
import { explain } from '../../../core/artefacts/explanation.ts';
import { barCell, sheetCell } from '../../../core/figure/cells.ts';
import { captionOf, figureSvg } from '../../../core/figure/figure.ts';
import { changeOn } from '../../../core/figure/inputs/change.ts';
import { cssColours } from '../../../core/figure/palette.ts';
import type { FigureModel, Panel } from '../../../core/figure/panel.ts';
import { columnsOf } from '../../../core/figure/parts/index.ts';
import { changeBetween } from '../../../core/images/regions/change.ts';
import { tensor } from '../../../core/tensor.ts';
import { pngDataUri } from '../../../serve/images/png.ts';
import { fakeManifest } from '../../helpers/fake-model.ts';
import { type Box, barBoxes, collisions, imageBoxes, textBoxes } from './boxes.ts';

/** What a figure shows of a model follows from what the model has; and the pieces of it that the page puts together. */

const [explanation] = explain(
  tensor(Float32Array.of(2, -1), [1, 2]),
  tensor(Float32Array.of(1, 2, 3, 4, 5, 6), [1, 2, 3]),
);
const traversals = [0, 1].map((concept) => ({
  concept,
  values: [0, 1, 2],
  decoded: tensor(new Float32Array(12), [3, 1, 2, 2]),
}));
const panelWith = (moved: Panel['prediction']['traversals']): Panel => ({
  input: tensor(new Float32Array(4), [1, 2, 2]),
  prediction: {
    ...{ label: 'a', index: 0, probability: 0.5 },
    ...(explanation as NonNullable<typeof explanation>),
    traversals: moved,
  },
});
const figure = (model: Partial<FigureModel>, moved = traversals): string =>
  figureSvg([panelWith(moved)], { manifest: fakeManifest, statics: {}, ...model }, { steps: 3 }, pngDataUri);
const titles = (svg: string): string[] => textBoxes(svg).map(({ what }) => what);

describe('the columns of a figure', () => {
  it('are those of the artefacts that the model has', () => {
    const model = { manifest: fakeManifest, statics: {} };
    expect(columnsOf(model, { steps: 3 })).toHaveLength(2);
    expect(columnsOf(model, { steps: 3 }, ['contributions'])).toHaveLength(1);
    const listed = { ...fakeManifest, artefacts: [...fakeManifest.artefacts, 'prototypes', 'decodedPrototypes'] };
    expect(columnsOf({ manifest: listed, statics: {} }, { steps: 3 })).toHaveLength(4);
    const bare = { ...fakeManifest, artefacts: ['contributions'] };
    expect(columnsOf({ manifest: bare, statics: {} }, { steps: 3 })).toHaveLength(1);
  });

  it('have none for traversals where nothing was decoded', () => {
    const [whole, without] = [figure({}), figure({}, [])];
    expect(titles(whole)).toContain('decoded with this concept moved');
    expect(titles(without)).not.toContain('decoded with this concept moved');
    expect(imageBoxes(without)).toHaveLength(1);
    expect(barBoxes(without)).toHaveLength(barBoxes(whole).length);
    expect(collisions(without)).toEqual([]);
  });

  it('show the prototype that the model draws of each concept, in its row', () => {
    const decodedPrototypes = tensor(Float32Array.of(0, 0, 0, 0, 1, 1, 1, 1), [2, 1, 1, 2, 2]);
    const listed = { ...fakeManifest, artefacts: ['contributions', 'decodedPrototypes'] };
    const svg = figure({ manifest: listed, statics: { decodedPrototypes } }, []);
    expect(titles(svg)).toEqual(expect.arrayContaining(['prototype', 'as decoded']));
    const [, first, second] = imageBoxes(svg) as [Box, Box, Box];
    const images = [0, 1].map((k) => pngDataUri(tensor(new Float32Array(4).fill(k), [1, 2, 2])));
    expect([first.what, second.what]).toEqual(images);
    for (const [image, name] of [
      [first, 'top'],
      [second, 'bottom'],
    ] as const) {
      const label = textBoxes(svg).find(({ what }) => what === name) as Box;
      expect(label.top).toBeGreaterThan(image.top);
      expect(label.bottom).toBeLessThan(image.bottom);
    }
    expect(collisions(svg)).toEqual([]);
  });

  it('tell who points at a bar or at a step what it is', () => {
    const svg = figure({});
    const tooltips = [...svg.matchAll(/<title>([^<]*)<\/title>/g)].map(([, text]) => text);
    expect(tooltips).toEqual([
      // the logits are −2, −1 and 0: whatever is said to be predicted, c is ahead
      '“c” rather than “a”, mainly because top (high) speaks for “c”. Without it, “a” would be ahead; bottom (low) speaks against “c”.',
      'this input: “a” 50.0 %',
      ...['top: +4.00', 'bottom: −2.00'],
      // of a concept whose usual range ends at 1 no step beyond is shown
      ...['0.00', '1.00', '2.00'].map((value) => `top = ${value}`),
      ...['0.00', '1.00'].map((value) => `bottom = ${value}`),
    ]);
  });
});

describe('pieces of a figure', () => {
  const bar = (value: number | undefined, largest = 4): Box | undefined => {
    const found = barBoxes(barCell(value, 'x', largest));
    expect(found.length).toBeLessThanOrEqual(1);
    return found[0];
  };

  it('a bar reaches from the middle to the right for, to the left against', () => {
    expect(bar(4)).toMatchObject({ left: 50, right: 100 });
    expect(bar(-2)).toMatchObject({ left: 25, right: 50 });
    expect(bar(0, 0)).toMatchObject({ left: 50, right: 50 });
    expect(bar(undefined)).toBeUndefined();
  });

  it('a bar takes its colours from where it stands, and its name as text', () => {
    const svg = barCell(-1, '<b>', 4, cssColours);
    expect(svg).toContain('fill="var(--against)"');
    expect(svg).toContain('<title>&#60;b&#62;: −1.00</title>');
    expect(svg).not.toContain('<b>');
  });

  it('a row of the sheet is the first prototypes of its concept and no more', () => {
    const svg = sheetCell({ href: 'a?b=1&c="2"', rows: 4, columns: 9, row: 2, count: 3 }, { height: 5, width: 7 });
    expect(svg).toMatch(/^<svg viewBox="0 0 21 5" aria-hidden="true"><image x="0" y="-10" width="63" height="20" /);
    expect(svg).toContain('href="a?b=1&#38;c=&#34;2&#34;"');
  });

  it('have a sentence each in the caption', () => {
    expect(captionOf(fakeManifest)).toMatch(/^Each row is a concept.* The bar of a concept is .* The strip shows /);
    const bare = { ...fakeManifest, artefacts: ['contributions', 'decodedPrototypes'] };
    expect(captionOf(bare)).toMatch(/ The bar of a concept is .* Its decoded prototype is /);
    expect(captionOf(bare)).not.toContain('strip');
  });
});

describe('what would make it of another class', () => {
  const manifest = { ...fakeManifest, artefacts: [...fakeManifest.artefacts, 'counterfactual'] };
  const panel: Panel = {
    ...panelWith(traversals),
    prediction: {
      ...panelWith(traversals).prediction,
      counterfactual: {
        index: 1,
        concepts: [-1, -1],
        changed: [0],
        distance: 2.5,
        margin: 6,
        probability: 0.875,
        verified: true,
        decoded: tensor(Float32Array.of(1, 1, 1, 1), [1, 2, 2]),
      },
    },
  };
  const drawn = (explain: readonly 'counterfactual'[], own = panel): string =>
    figureSvg([own], { manifest, statics: {} }, { steps: 3, contrast: 'b', explain }, pngDataUri);

  it('is drawn where it is asked for, and nowhere else', () => {
    const svg = drawn(['counterfactual']);
    expect(titles(svg)).toEqual(
      expect.arrayContaining([
        'what would make it “b”',
        'read again: “b”, 87.5 %',
        '2.00 → −1.00',
        '2.50 deviations away',
      ]),
    );
    expect(imageBoxes(svg).at(-1)?.what).toBe(pngDataUri(tensor(Float32Array.of(1, 1, 1, 1), [1, 2, 2])));
    expect(svg).not.toContain('−1.00 → −1.00</text>'); // a concept that does not move is not told of
    expect(collisions(svg)).toEqual([]);
    expect(titles(drawn([]))).not.toContain('what would make it “b”');
    const failed = { ...panel.prediction.counterfactual, verified: false } as NonNullable<
      Panel['prediction']['counterfactual']
    >;
    const prediction = { ...panel.prediction, counterfactual: failed };
    expect(titles(drawn(['counterfactual'], { ...panel, prediction }))).toContain('read again: not “b”, 87.5 %');
  });

  it('is told of in the caption with it', () => {
    const options = { steps: 3, contrast: 'b', explain: ['counterfactual'] } as const;
    expect(captionOf(manifest, options)).toContain('smallest move of the concepts');
    expect(captionOf(manifest)).not.toContain('smallest move of the concepts');
  });
});

describe('what would tip the decision', () => {
  const decoded = tensor(Float32Array.of(1, 0, 0, 0), [1, 2, 2]);
  const own = tensor(Float32Array.of(0, 1, 0, 0), [1, 2, 2]);
  const turn = {
    ...{ ahead: 2, behind: 0, index: 0, probability: 0.875, decoded, own },
    change: changeBetween(panelWith([]).input, own, decoded),
  };
  const svg = figureSvg(
    [{ ...panelWith(traversals), turn }],
    { manifest: fakeManifest, statics: {} },
    { steps: 3 },
    pngDataUri,
  );

  it('stands large beside the input, with what the model says of it', () => {
    const [input, changed, other] = imageBoxes(svg) as [Box, Box, Box];
    const given = panelWith([]).input;
    expect(input.what).toBe(pngDataUri(given));
    expect(changed.what).toBe(pngDataUri(changeOn(given, turn.change)));
    expect(other.what).toBe(pngDataUri(decoded));
    expect([changed.top, other.top]).toEqual([input.top, input.top]);
    expect(changed.left).toBeGreaterThan(input.right);
    expect(other.left).toBeGreaterThan(changed.right);
    expect(other.right - other.left).toBe(180);
    expect(titles(svg)).toEqual(
      expect.arrayContaining([
        'this input',
        'blue would go, orange',
        'would come',
        '“c” → “a”',
        'its concepts moved',
        'towards “a”',
        '“a” 87.5 %',
      ]),
    );
    expect(collisions(svg)).toEqual([]);
  });

  it('is told to those who do not see it', () => {
    expect(svg).toMatch(
      /aria-label="[^"]*A picture of it with its concepts moved towards “a”, read by the model: “a” 87\.5 %\./,
    );
  });
});

describe('an input whose concepts were set', () => {
  it('stands beside what that looks like, and what the model says of it', () => {
    const decoded = tensor(Float32Array.of(1, 1, 0, 0), [1, 2, 2]);
    const reread = { label: 'c', index: 2, probability: 0.9, concepts: [1, 2] };
    const prediction = { ...panelWith([]).prediction, intervention: { decoded, reread } };
    const svg = figureSvg(
      [{ ...panelWith([]), prediction }],
      { manifest: fakeManifest, statics: {} },
      { steps: 3 },
      pngDataUri,
    );
    expect(imageBoxes(svg).map(({ what }) => what)).toEqual([pngDataUri(panelWith([]).input), pngDataUri(decoded)]);
    expect(titles(svg)).toContain('“c” 90.0 %');
    expect(titles(svg).join(' ')).toContain('with concepts set, as the model reads it again');
    expect(collisions(svg)).toEqual([]);
  });
});
