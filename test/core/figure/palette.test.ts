import { readdir, readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { type Colours, cssColours, palette, paletteCss, SERIES } from '../../../core/figure/palette.ts';
import { contrast, distance, rgbOf, type Vision, vision } from './colour.ts';

const modes = Object.entries(palette) as [keyof typeof palette, Colours][];
const visions = Object.keys(vision) as Vision[];

type Pair = readonly [front: keyof Colours, behind: keyof Colours];

/** What is read, on what it is written on. */
const texts: readonly Pair[] = [
  ['text', 'page'],
  ['text', 'card'],
  ['text', 'track'],
  ['quiet', 'page'],
  ['quiet', 'card'],
  ['quiet', 'track'],
  ['against', 'card'],
  ['bad', 'page'],
  ['bad', 'card'],
];

/** What is drawn, on what it is drawn on: bars, and the edges of what one operates. */
const graphics: readonly Pair[] = [
  ['for', 'card'],
  ['for', 'track'],
  ['against', 'card'],
  ['against', 'track'],
  ['control', 'card'],
  ['focus', 'page'],
  ['focus', 'card'],
  ['good', 'page'],
  ['quiet', 'card'],
];

describe.each(modes)('the palette, %s', (_, colours) => {
  it.each(texts)('%s is read on %s: 4.5 : 1', (front, behind) => {
    expect(contrast(colours[front], colours[behind])).toBeGreaterThanOrEqual(4.5);
  });

  it.each(graphics)('%s is seen on %s: 3 : 1', (front, behind) => {
    expect(contrast(colours[front], colours[behind])).toBeGreaterThanOrEqual(3);
  });

  it.each(visions)('for and against stay apart for %s eyes', (eyes) => {
    expect(distance(colours.for, colours.against, eyes)).toBeGreaterThan(60);
  });
});

describe('series of a chart', () => {
  it.each(SERIES)('$colour is seen on white: 3 : 1', ({ colour }) => {
    expect(contrast(colour, palette.light.card)).toBeGreaterThanOrEqual(3);
  });

  it.each(visions)('stay apart for %s eyes, any two of them', (eyes) => {
    const pairs = SERIES.flatMap(({ colour }, i) =>
      SERIES.slice(i + 1).map((other) => [colour, other.colour] as const),
    );
    for (const [one, other] of pairs) expect(distance(one, other, eyes), `${one} ${other}`).toBeGreaterThan(10);
  });

  it('are told apart without any colour, by dash and by shape', () => {
    expect(new Set(SERIES.map(({ dash }) => dash.join())).size).toBe(SERIES.length);
    expect(new Set(SERIES.map(({ shape }) => shape)).size).toBe(SERIES.length);
  });
});

describe('the palette as a style sheet', () => {
  it('names every colour twice, in the light and in the dark', () => {
    const [light = '', dark = ''] = paletteCss.split('@media (prefers-color-scheme: dark)');
    for (const [sheet, colours] of [
      [light, palette.light],
      [dark, palette.dark],
    ] as const) {
      const found = [...sheet.matchAll(/--(\w+): (#\w+);/g)].map(([, name, value]) => [name, value]);
      expect(Object.fromEntries(found)).toEqual(colours);
    }
    expect(Object.values(cssColours)).toEqual(Object.keys(palette.light).map((name) => `var(--${name})`));
  });

  it('leaves no colour of ours where the reader forces his own', () => {
    const [, forced = ''] = paletteCss.split('@media (forced-colors: active)');
    const found = [...forced.matchAll(/--(\w+): (\w+);/g)].map(([, name, value]) => [name, value]);
    expect(found.map(([name]) => name)).toEqual(Object.keys(palette.light));
    const system = ['Canvas', 'CanvasText', 'ButtonBorder', 'Highlight'];
    expect(found.filter(([, value]) => !system.includes(value as string))).toEqual([]);
  });

  it('is that of the page', async () => {
    const file = await readFile(new URL('../../../web-client/page/style/palette.css', import.meta.url), 'utf8');
    expect(file.slice(file.indexOf(':root'))).toBe(paletteCss);
  });

  it('is where the page has its colours from, but for the pad, which is black in any scheme', async () => {
    const folder = new URL('../../../web-client/page/style/', import.meta.url);
    const others = (await readdir(folder)).filter((file) => file.endsWith('.css') && file !== 'palette.css');
    const sheets = await Promise.all(others.map((file) => readFile(new URL(file, folder), 'utf8')));
    expect(others.length).toBeGreaterThan(4);
    const literal = sheets.join('\n').match(/#[0-9a-f]{3,8}\b(?=[; ])|\b(?:rgb|hsl|oklch)a?\(/g);
    expect(new Set(literal)).toEqual(new Set(['#000', palette.dark.quiet]));
    expect(contrast(palette.dark.quiet, '#000000')).toBeGreaterThanOrEqual(4.5);
  });
});

describe('what these tests measure with', () => {
  it('black on white is 21 : 1, and #767676 on white the grey that just passes', () => {
    expect(contrast('#000000', '#ffffff')).toBeCloseTo(21, 5);
    expect(contrast('#767676', '#ffffff')).toBeCloseTo(4.54, 2);
  });

  it('greys look the same to all eyes, and red and green alike to some', () => {
    for (const eyes of visions) expect(distance('#808080', '#ffffff', eyes)).toBeCloseTo(46.4, 0);
    expect(rgbOf('#ffffff')).toEqual([1, 1, 1]);
    const [red, green] = ['#a05050', '#707040'];
    expect(distance(red, green, 'usual')).toBeGreaterThan(35);
    expect(distance(red, green, 'deuteranopia')).toBeLessThan(distance(red, green, 'usual') / 2);
  });
});
