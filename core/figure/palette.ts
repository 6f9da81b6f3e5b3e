/**
 * The colours of everything that is drawn: the figures, the reports and the page. One file, so that they cannot drift
 * apart, and so that one test can hold their contrast.
 *
 * Two laws, both tested: text stands out from what is behind it by 4.5 : 1 and graphics by 3 : 1 (WCAG 2.2, AA); and
 * "for" and "against", like any two series, stay apart for people who see no red or no green. What is told by colour is
 * told by something else as well: a sign by the side of the axis, a series by its dash and its shape.
 */
export interface Colours {
  /** What everything lies on, and what a box on it, as a card, is filled with. */
  readonly page: string;
  readonly card: string;
  /** Hairlines, which only part what stands apart anyway. */
  readonly line: string;
  /** What is behind a bar, and behind what the pointer is on. */
  readonly track: string;
  /** The edge of what one can operate. */
  readonly control: string;
  readonly text: string;
  /** Text that explains and is not the thing itself. */
  readonly quiet: string;
  /** What speaks for a class. */
  readonly for: string;
  /** What speaks against it; also the text of a warning. */
  readonly against: string;
  readonly good: string;
  readonly bad: string;
  readonly focus: string;
}

export const palette = {
  light: {
    page: '#f4f5f7',
    card: '#ffffff',
    line: '#d0d7de',
    track: '#eceff3',
    control: '#848e9c',
    text: '#14181f',
    quiet: '#56606e',
    for: '#1769c4',
    against: '#c2510c',
    good: '#19703c',
    bad: '#b3261e',
    focus: '#0b57d0',
  },
  dark: {
    page: '#0e1116',
    card: '#171b22',
    line: '#2a303a',
    track: '#222831',
    control: '#6f7a8b',
    text: '#e8ecf2',
    quiet: '#9aa5b4',
    for: '#5aa9ff',
    against: '#ff9a5c',
    good: '#63d290',
    bad: '#ff8b82',
    focus: '#8ab8ff',
  },
} as const satisfies Record<'light' | 'dark', Colours>;

/**
 * The same by the colours of readers who have the browser force theirs on every page. Sides of an axis tell for and
 * against.
 */
const forced: Colours = {
  page: 'Canvas',
  card: 'Canvas',
  line: 'CanvasText',
  track: 'Canvas',
  control: 'ButtonBorder',
  text: 'CanvasText',
  quiet: 'CanvasText',
  for: 'Highlight',
  against: 'CanvasText',
  good: 'CanvasText',
  bad: 'CanvasText',
  focus: 'Highlight',
};

/** The colours of a figure, whose ground is white wherever it is shown: a picture has no dark side. */
export const COLOURS: Colours = palette.light;

/** A colour as numbers, for pictures that are painted pixel by pixel: `#1769c4` → `[red, green, blue]` in [0, 1]. */
export const channelsOf = (hex: string): readonly number[] =>
  [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16) / 255);

/** Series of a chart, in the order in which they are drawn. No yellow or light blue: those vanish on white. */
export const SERIES = [
  { colour: palette.light.for, shape: 'circle', dash: [1, 0] },
  { colour: palette.light.against, shape: 'square', dash: [6, 3] },
  { colour: '#14968c', shape: 'triangle-up', dash: [2, 2] },
  { colour: '#6e2864', shape: 'diamond', dash: [8, 3, 2, 3] },
  { colour: '#e66496', shape: 'cross', dash: [10, 4] },
  { colour: '#8c7864', shape: 'triangle-down', dash: [4, 2] },
  { colour: '#000000', shape: 'triangle-right', dash: [1, 2] },
] as const;

const names = Object.keys(palette.light) as (keyof Colours)[];

const propertiesOf = (colours: Colours, indent: string): string =>
  names.map((name) => `${indent}--${name}: ${colours[name]};\n`).join('');

/** The palette as a style sheet: a custom property for each colour, which changes with the reader's choice. */
export const paletteCss = `:root {
  color-scheme: light dark;
${propertiesOf(palette.light, '  ')}}

@media (prefers-color-scheme: dark) {
  :root {
${propertiesOf(palette.dark, '    ')}  }
}

@media (forced-colors: active) {
  :root {
${propertiesOf(forced, '    ')}  }
}
`;

/** The same names as colours of an SVG that stands in such a page, and so changes with it. */
export const cssColours = Object.fromEntries(names.map((name) => [name, `var(--${name})`])) as Record<
  keyof Colours,
  string
>;
