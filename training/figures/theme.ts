/**
 * One look for every figure. The hues are those of Okabe & Ito ("Color universal design", 2008), which people with the
 * common kinds of colour blindness tell apart; what is told by colour is also told by place, shape or dash.
 */

export const FONT = "Inter, Helvetica, Arial, 'Liberation Sans', 'DejaVu Sans', sans-serif";

export const COLOURS = {
  text: '#1f2328',
  /** 4.5 : 1 against white, so also small text is read. */
  quiet: '#59636e',
  line: '#d0d7de',
  for: '#0072b2',
  against: '#d55e00',
} as const;

/** Series in the order in which they are drawn; the yellow of the palette is left out, it vanishes on white. */
export const SERIES = [
  { colour: '#0072b2', shape: 'circle', dash: [1, 0] },
  { colour: '#d55e00', shape: 'square', dash: [6, 3] },
  { colour: '#009e73', shape: 'triangle-up', dash: [2, 2] },
  { colour: '#cc79a7', shape: 'diamond', dash: [8, 3, 2, 3] },
  { colour: '#e69f00', shape: 'cross', dash: [10, 4] },
  { colour: '#56b4e9', shape: 'triangle-down', dash: [4, 2] },
  { colour: '#000000', shape: 'triangle-right', dash: [1, 2] },
] as const;

/** Sizes of text, in CSS pixels. */
export const TEXT = { heading: 14, body: 13, small: 11 } as const;

/** The style of what explains and is not the thing itself. */
export const QUIET = { size: TEXT.small, fill: COLOURS.quiet } as const;
