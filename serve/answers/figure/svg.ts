import { escaped } from '../../../core/format.ts';
import type { Tensor } from '../../../core/tensor.ts';
import { pngDataUri } from '../../images/png.ts';

/** The few SVG elements that the figure is made of. */

export const COLOURS = {
  text: '#1f2328',
  quiet: '#656d76',
  line: '#d0d7de',
  for: '#2f6db5',
  against: '#c4572e',
} as const;

export interface TextStyle {
  readonly size?: number;
  readonly fill?: string;
  readonly anchor?: 'start' | 'middle' | 'end';
  readonly weight?: number;
}

const TEXT_SIZE = 13;
const BOLD = 600;

/** Width of a character as a share of the size, the first that applies: letters of the East and pictures fill a square. */
const CHARACTER_WIDTHS: readonly (readonly [RegExp, number])[] = [
  [/[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\uff00-\uff60\u{1f000}-\u{3ffff}]/u, 1.05],
  [/[mwMW@%]/, 0.98],
  [/[A-Z&<>=+−_]/, 0.76],
  [/./su, 0.57],
];
/** How much wider bold letters are. */
const BOLDER = 1.09;

/** Width that a text needs at most in the fonts that the figure asks for: there is nothing here to measure it with. */
export function textWidth(content: string, { size = TEXT_SIZE, weight = 400 }: TextStyle = {}): number {
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

export function textAt(x: number, y: number, content: string, style: TextStyle = {}): string {
  const { size = TEXT_SIZE, fill = COLOURS.text, anchor = 'start', weight = 400 } = style;
  return `<text x="${x}" y="${y}" font-size="${size}" font-weight="${weight}" fill="${fill}" text-anchor="${anchor}">${escaped(content)}</text>`;
}

/** Enlarged without smoothing: every pixel of the model stays a square. */
export function imageAt(x: number, y: number, width: number, height: number, image: Tensor): string {
  return `<image x="${x}" y="${y}" width="${width}" height="${height}" image-rendering="optimizeSpeed" href="${pngDataUri(image)}"/>`;
}

export function rectangleAt(x: number, y: number, width: number, height: number, fill: string, opacity = 1): string {
  const seeThrough = opacity === 1 ? '' : ` fill-opacity="${opacity}"`;
  return `<rect x="${x}" y="${y}" width="${width}" height="${height}" fill="${fill}"${seeThrough}/>`;
}

export function lineAt([x1, y1]: [number, number], [x2, y2]: [number, number], colour: string): string {
  return `<line x1="${x1}" y1="${y1}" x2="${x2}" y2="${y2}" stroke="${colour}"/>`;
}

/** Elements that are one picture to those who do not see it. @param label what it shows, in words */
export function groupOf(label: string, elements: readonly string[]): string[] {
  return [`<g role="img" aria-label="${escaped(label)}">`, ...elements, '</g>'];
}

/** A document of its own on a white ground. @param label its name, for those who do not see it */
export function documentOf(
  [width, height]: readonly [number, number],
  label: string,
  elements: readonly string[],
): string {
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="group" aria-label="${escaped(label)}" font-family="Inter, Helvetica, Arial, 'Liberation Sans', 'DejaVu Sans', sans-serif">`,
    '<rect width="100%" height="100%" fill="white"/>',
    ...elements,
    '</svg>',
  ].join('\n');
}
