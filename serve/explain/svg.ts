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

/** Text for an SVG or an HTML document, between tags or in quotes. */
export const escaped = (text: string): string => text.replace(/[<>&"']/g, (c) => `&#${c.charCodeAt(0)};`);

export function textAt(x: number, y: number, content: string, style: TextStyle = {}): string {
  const { size = 13, fill = COLOURS.text, anchor = 'start', weight = 400 } = style;
  return `<text x="${x}" y="${y}" font-size="${size}" font-weight="${weight}" fill="${fill}" text-anchor="${anchor}">${escaped(content)}</text>`;
}

/** Enlarged without smoothing: every pixel of the model stays a square. */
export function imageAt(x: number, y: number, width: number, height: number, image: Tensor): string {
  return `<image x="${x}" y="${y}" width="${width}" height="${height}" image-rendering="optimizeSpeed" href="${pngDataUri(image)}"/>`;
}

export function lineAt([x1, y1]: [number, number], [x2, y2]: [number, number], colour: string): string {
  return `<line x1="${x1}" y1="${y1}" x2="${x2}" y2="${y2}" stroke="${colour}"/>`;
}
