import { escaped } from '../../core/format.ts';
import type { Tensor } from '../../core/tensor.ts';
import { pngDataUri } from '../png.ts';

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

/** Width that a text needs at most in the fonts that the figure asks for: there is nothing here to measure it with. */
export function textWidth(content: string, { size = TEXT_SIZE, weight = 400 }: TextStyle = {}): number {
  return Array.from(content).length * size * (weight >= BOLD ? 0.62 : 0.57);
}

/** The text, or as much of its beginning as is sure to fit, with an ellipsis. */
export function fitted(content: string, width: number, style: TextStyle = {}): string {
  if (textWidth(content, style) <= width) return content;
  const characters = Math.floor(width / textWidth('x', style)) - 1;
  return `${Array.from(content).slice(0, Math.max(1, characters)).join('').trimEnd()}…`;
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
