/**
 * How wide a text is. An SVG has no layout of its own and there is no font here to measure with, so widths are guessed
 * from above: what is said to fit does fit.
 */

export interface TextStyle {
  readonly size?: number;
  readonly fill?: string;
  readonly anchor?: 'start' | 'middle' | 'end';
  readonly weight?: number;
}

export const FONT = "Inter, Helvetica, Arial, 'Liberation Sans', 'DejaVu Sans', sans-serif";

/** Sizes of text, in the figure's units. */
export const TEXT = { heading: 14, body: 13, label: 12, small: 11 } as const;
export const BOLD = 600;

/** Width of a character as a share of the size, the first that applies: letters of the East and pictures fill a square. */
const CHARACTER_WIDTHS: readonly (readonly [RegExp, number])[] = [
  [/[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\uff00-\uff60\u{1f000}-\u{3ffff}]/u, 1.05],
  [/[mwMW@%]/, 0.98],
  [/[A-Z&<>=+−_]/, 0.76],
  [/./su, 0.57],
];
/** How much wider bold letters are. */
const BOLDER = 1.09;

/** Width that a text needs at most in the fonts that the figure asks for, in the figure's units. */
export function textWidth(content: string, { size = TEXT.body, weight = 400 }: TextStyle = {}): number {
  const widths = Array.from(content, (c) => CHARACTER_WIDTHS.find(([kind]) => kind.test(c))?.[1] ?? 0);
  return widths.reduce((sum, width) => sum + width, 0) * size * (weight >= BOLD ? BOLDER : 1);
}

/** The text, or as much of its beginning as is sure to fit, with an ellipsis; always one character at least. */
export function fitted(content: string, width: number, style: TextStyle = {}): string {
  if (textWidth(content, style) <= width) return content;
  const characters = Array.from(content);
  if (characters.length === 1) return content;
  const cut = (length: number): string => `${characters.slice(0, length).join('').trimEnd()}…`;
  let length = characters.length - 1;
  while (length > 1 && textWidth(cut(length), style) > width) length--;
  return cut(length);
}

/** Words in as few lines as hold them; a word that is longer than a line has one of its own. */
export function wrapped(text: string, width: number, style: TextStyle = {}): string[] {
  const [first = '', ...words] = text.split(' ');
  const lines = [first];
  for (const word of words) {
    const longer = `${lines.at(-1)} ${word}`;
    if (textWidth(longer, style) > width) lines.push(word);
    else lines[lines.length - 1] = longer;
  }
  return lines;
}

/** Room for a text of any length, within limits: as wide as the widest needs. */
export function clampedWidth(
  texts: readonly string[],
  style: TextStyle,
  { least, most }: { readonly least: number; readonly most: number },
): number {
  const widest = Math.max(...texts.map((text) => textWidth(text, style)));
  return Math.min(most, Math.max(least, Math.ceil(widest)));
}
