import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { explanation } from '../../../training/figures/inputs/explanation.ts';
import { filters } from '../../../training/figures/inputs/filters.ts';
import { nearestNeighbours } from '../../../training/figures/inputs/nearest-neighbours.ts';
import { prototypes } from '../../../training/figures/inputs/prototypes.ts';
import { selectPrototypes } from '../../../training/figures/inputs/select-prototypes.ts';
import { flat, imageModel, predictionOf, SIDE, tableModel, traversalOf } from './model.ts';
import { bars, type Drawn, drawn, numberOf, pixelsOf, texts } from './svg.ts';

const theta = [
  [1, 4, 0],
  [-2, 0, 1],
  [0.5, 1, -3],
];
const h = [1, 2, -1];
const prediction = predictionOf(
  imageModel,
  h,
  theta,
  [2, 0, 1].map((k) => traversalOf(k, 3)),
);
const panel = { input: flat(0.5), prediction };

/** Bars say their direction by their colour and by the side of the axis they lie on. */
const lengths = (found: readonly Drawn[]): number[] => found.map((bar) => numberOf(bar, 'width'));

const figures = {
  explanation: () => explanation({ model: imageModel, panels: [panel, panel] }),
  'explanation of a table': () =>
    explanation({
      model: tableModel,
      panels: [
        {
          input: { shape: [2], data: Float32Array.from([33, 0.1]) },
          prediction: predictionOf(
            tableModel,
            [0.1, 1],
            [
              [2, -2],
              [0.5, 0],
            ],
          ),
        },
      ],
    }),
  prototypes: () =>
    prototypes({
      concepts: imageModel.concepts,
      selection: selectPrototypes({ shape: [2, 3], data: Float32Array.from([1, 2, 3, 6, 5, 4]) }, 2),
      inputs: {
        shape: [2, 1, SIDE, SIDE],
        gather: (rows) =>
          Float32Array.from(
            { length: rows.length * SIDE * SIDE },
            (_, i) => rows[Math.floor(i / SIDE / SIDE)] as number,
          ),
      },
    }),
  filters: () => filters({ kernel: { shape: [1, 2, 1, 2], data: Float32Array.from([-2, 1, 0, 2]) } }),
  nearestNeighbours: () =>
    nearestNeighbours({
      model: imageModel,
      groups: [{ query: { index: 7, ...panel }, neighbours: [{ index: 9, ...panel, distance: 0.25 }] }],
    }),
};

describe.each(Object.entries(figures))('%s', (_, figure) => {
  it('is an SVG of its stated size that anybody reads, the same every time', async () => {
    const svg = figure();
    expect(figure()).toBe(svg);
    const { width, height, format } = await sharp(Buffer.from(svg)).metadata();
    const [, w, h] = /^<svg [^>]*width="(\d+)" height="(\d+)"/.exec(svg) ?? [];
    expect([format, width, height]).toEqual(['svg', Number(w), Number(h)]);
    expect(svg).not.toMatch(/NaN|undefined|Infinity|\bid="/);
  });

  it('asks for nothing outside, and keeps everything on the page', () => {
    const svg = figure();
    const [, w, h] = (/viewBox="0 0 (\d+) (\d+)"/.exec(svg) ?? []).map(Number);
    for (const { attributes } of drawn(svg, 'image')) expect(attributes['href']).toMatch(/^data:image\/png;base64,/);
    for (const element of ['rect', 'image', 'text'].flatMap((name) => drawn(svg, name))) {
      const { x = '0', y = '0', width = '0', height = '0' } = element.attributes;
      expect(Number(x)).toBeGreaterThanOrEqual(0);
      expect(Number(y)).toBeGreaterThanOrEqual(0);
      if (width.endsWith('%')) continue;
      expect(Number(x) + Number(width)).toBeLessThanOrEqual(w as number);
      expect(Number(y) + Number(height)).toBeLessThanOrEqual(h as number);
    }
  });
});

describe('explanation', () => {
  const svg = explanation({ model: imageModel, panels: [panel] });
  // logits: −3.5, 3, 5; contributions to “dog” 0, 2, 3, and to “<b>&” 4, 0, −1
  const differences = { ears: -4, tail: 4, '<i>"&': 2 };

  it('has a bar a concept, of what it does to the margin, that which decides first', () => {
    expect(bars(svg).map(({ text }) => text)).toEqual(['tail: +4.00', 'ears: −4.00', '<i>"&\': +2.00']);
    expect(texts(svg)).toContain('sum: ahead by 2.00');
    expect(texts(svg)).toContain('+5.00');
    expect(texts(svg)).toContain('+3.00');
  });

  it('says why in words: the concepts without which it would be behind, and what speaks for the other', () => {
    expect(texts(svg).join(' ')).toMatch(
      /^“dog” rather than “<b>&”, mainly because tail \(.*\) speaks for “dog”\. Without it, “<b>&” would be ahead; ears \(.*\) speaks for “<b>&”\. /,
    );
  });

  it('has bars as long as their differences, on one scale', () => {
    const unit = numberOf(bars(svg)[0] as Drawn, 'width') / 4;
    const expected = Object.values(differences).map((value) => Math.abs(value) * unit);
    lengths(bars(svg)).forEach((length, i) => {
      expect(Math.abs(length - (expected[i] as number))).toBeLessThan(0.02);
    });
  });

  it('has bars for to the right and bars against to the left of the axis', () => {
    const found = bars(svg);
    const axis = numberOf(found[0] as Drawn, 'x');
    const against = found[1] as Drawn;
    expect(numberOf(against, 'x') + numberOf(against, 'width')).toBeCloseTo(axis, 1);
    expect(against.attributes['fill']).not.toBe(found[0]?.attributes['fill']);
  });

  it('stands labels, bars and traversals of a concept in one row', () => {
    const middle = (element: Drawn): number => numberOf(element, 'y') + numberOf(element, 'height') / 2;
    const strips = drawn(svg, 'image').filter(({ text }) => !text.startsWith('this input'));
    const steps = drawn(svg, 'path').flatMap(({ text }) => (text === '' ? [] : [text]));
    expect(strips).toHaveLength(3);
    // the traversals were given in the order 2, 0, 1; they stand in that of the rows
    [2, 0, 1].forEach((k, i) => {
      const image = strips[i] as Drawn;
      const name = imageModel.concepts[k]?.name as string;
      expect(steps.slice(3 * i, 3 * i + 3)).toEqual(['−1.00', '0.00', '1.00'].map((value) => `${name} = ${value}`));
      expect(pixelsOf(image)[0]).toBe(Math.round((255 * (k + 1)) / 10));
      const bar = bars(svg).find(({ text }) => text.startsWith(`${name}: `)) as Drawn;
      expect(Math.abs(middle(image) - middle(bar))).toBeLessThan(0.02);
    });
  });

  it('contrasts the class that it is told', () => {
    const told = explanation({ model: imageModel, panels: [panel], contrast: 0 });
    expect(texts(told)).toContain('← for “cat”, against “dog”');
    expect(() => explanation({ model: imageModel, panels: [panel], contrast: 3 })).toThrow(
      'explanation: contrast 3 is no class; choose 0 (cat), 1 (<b>&), 2 (dog)',
    );
  });

  it('writes names as they are', () => {
    expect(texts(svg)).toContain('<i>"&\'');
    expect(svg).not.toMatch(/<[bi]>/);
  });

  it('shows of a table the feature that a concept is, and the other features beside the prediction', () => {
    const table = figures['explanation of a table']();
    expect(texts(table)).toEqual(expect.arrayContaining(['priors', '0.1', 'age: 33 years', 'constant', '+1.00']));
    const [age, priors] = drawn(table, 'circle').map((dot) => numberOf(dot, 'cx'));
    const [ageLine, priorsLine] = drawn(table, 'line').filter(({ attributes }) => attributes['stroke-width'] === '2');
    const share = (dot: number, line: Drawn): number =>
      (dot - 3.5 - numberOf(line, 'x1')) / (numberOf(line, 'x2') - numberOf(line, 'x1') - 7);
    expect(share(age as number, ageLine as Drawn)).toBeCloseTo(0.33, 3);
    expect(share(priors as number, priorsLine as Drawn)).toBeCloseTo(0.01, 3);
  });

  it('refuses an input of another shape', () => {
    const input = { shape: [3, SIDE, SIDE], data: new Float32Array(3 * SIDE * SIDE) };
    expect(() => explanation({ model: imageModel, panels: [{ ...panel, input }] })).toThrow(
      "input [3, 4, 4] must be [1, 4, 4], as the model's are",
    );
  });

  it('refuses no input, and a prediction of another model', () => {
    expect(() => explanation({ model: imageModel, panels: [] })).toThrow('needs at least one input, got none');
    const other = predictionOf(
      tableModel,
      [1, 1],
      [
        [1, 2],
        [1, 2],
      ],
    );
    expect(() => explanation({ model: imageModel, panels: [{ input: flat(0), prediction: other }] })).toThrow(
      'explanation: input 0: contributions [2, 2] to class 1 must be [3, 3], as the model has 3 concepts and 3 classes',
    );
  });
});

describe('prototypes', () => {
  it('draws the chosen inputs of each criterion, best first, in the order of the concepts', () => {
    // one input's pixels are all 0, the other's all 1; the second has the higher activations
    const shown = drawn(figures.prototypes(), 'image').map((image) => (pixelsOf(image)[0] as number) / 255);
    const [second, first] = [
      [1, 0],
      [0, 1],
    ] as const;
    // h_k − Σ others is −4, −2, 0 of the first input and −3, −5, −7 of the second
    const expected = {
      highest: [second, second, second],
      contrast: [second, first, first],
      lowest: [first, first, first],
    };
    expect(shown).toEqual(Object.values(expected).flat(2));
    expect(texts(figures.prototypes())).toContain('h from 1.00 to 6.00');
  });

  it('refuses a selection of another model', () => {
    const selection = selectPrototypes({ shape: [1, 2], data: new Float32Array(2) }, 1);
    const inputs = { shape: [1, 1, SIDE, SIDE], gather: () => new Float32Array(SIDE * SIDE) };
    expect(() => prototypes({ concepts: imageModel.concepts, selection, inputs })).toThrow(
      'prototypes: highest has 2 rows; must have one for each of the 3 concepts',
    );
  });
});

describe('filters', () => {
  const levels = (svg: string): number[][] => drawn(svg, 'image').map((image) => Array.from(pixelsOf(image)));

  it('draws each filter with greys symmetric about zero, on one scale', () => {
    // [kh, kw, in, out] = [1, 2, 1, 2]: filter 0 has −2 and 0, filter 1 has 1 and 2
    expect(levels(figures.filters())).toEqual([
      [0, 128],
      [191, 255],
    ]);
    expect(texts(figures.filters())).toEqual(expect.arrayContaining(['weight: −2', '+2', '0', '1']));
  });

  it('draws the planes of a filter in the order of the channels', () => {
    // [kh, kw, in, out] = [1, 2, 2, 2]: pixel by pixel, channel by channel, filter by filter
    const svg = filters({ kernel: { shape: [1, 2, 2, 2], data: Float32Array.from([0, 2, -2, -1, 1, 0, 0, 0]) } });
    expect(levels(svg)).toEqual([
      [128, 191],
      [0, 128],
      [255, 128],
      [64, 128],
    ]);
    expect(drawn(svg, 'image').map(({ text }) => text)).toEqual([
      'filter 0, channel 0',
      'filter 0, channel 1',
      'filter 1, channel 0',
      'filter 1, channel 1',
    ]);
  });

  it('draws a plane for each channel, and starts a new line where one is full', () => {
    const shape = [3, 3, 2, 40];
    const svg = filters({ kernel: { shape, data: Float32Array.from({ length: 720 }, (_, i) => Math.sin(i)) } });
    expect(drawn(svg, 'image')).toHaveLength(80);
    const [, width] = /width="(\d+)"/.exec(svg) ?? [];
    expect(Number(width)).toBeLessThan(820);
  });

  it('draws weights of zero, and refuses what is no kernel', () => {
    const zero = filters({ kernel: { shape: [1, 1, 1, 1], data: new Float32Array(1) } });
    expect(levels(zero)).toEqual([[128]]);
    expect(texts(zero)).toContain('every weight is 0');
    expect(() => filters({ kernel: { shape: [3, 3, 1, 2], data: new Float32Array(9) } })).toThrow(
      'filters: kernel [3, 3, 1, 2] of 9 values must be [height, width, in, out], none of them 0',
    );
  });
});

describe('nearestNeighbours', () => {
  it('draws query and neighbours with their bars in the order of the concepts, on one scale', () => {
    const svg = figures.nearestNeighbours();
    const one = ['ears: 0.00', '<i>"&\': +2.00', 'tail: +3.00'];
    expect(bars(svg).map(({ text }) => text)).toEqual([...one, ...one]);
    const found = lengths(bars(svg));
    expect(found.slice(0, 3)).toEqual(found.slice(3));
    expect(Math.abs((found[1] as number) * 3 - (found[2] as number) * 2)).toBeLessThan(0.1);
    expect(texts(svg)).toEqual(expect.arrayContaining(['query', '1: distance 0.25', 'input 7', 'input 9', 'ears']));
  });

  it('refuses no input, and a prediction of another model', () => {
    expect(() => nearestNeighbours({ model: imageModel, groups: [] })).toThrow('needs at least one input, got none');
    const other = predictionOf(
      tableModel,
      [1, 1],
      [
        [1, 2],
        [1, 2],
      ],
    );
    const groups = [
      { query: { index: 7, ...panel }, neighbours: [{ index: 9, input: flat(0), prediction: other, distance: 1 }] },
    ];
    expect(() => nearestNeighbours({ model: imageModel, groups })).toThrow(
      'nearestNeighbours: group 0, input 9: contributions [2, 2]',
    );
  });
});
