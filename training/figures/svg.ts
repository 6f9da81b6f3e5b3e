import { escaped } from '../../core/format.ts';
import { COLOURS, FONT, TEXT } from './theme.ts';

/** The few SVG elements that the drawn figures are made of. Lengths are CSS pixels. */

type Attributes = Readonly<Record<string, string | number>>;

/** Two decimals are finer than any screen, and the same on every machine. */
const written = (value: string | number): string =>
  typeof value === 'number' ? String(Math.round(value * 100) / 100) : escaped(value);

/** @param children elements, or text that is escaped already */
export function element(name: string, attributes: Attributes, ...children: readonly string[]): string {
  const list = Object.entries(attributes).map(([key, value]) => ` ${key}="${written(value)}"`);
  const opening = `<${name}${list.join('')}`;
  return children.length === 0 ? `${opening}/>` : `${opening}>${children.join('')}</${name}>`;
}

export interface TextStyle {
  readonly size?: number;
  readonly fill?: string;
  readonly anchor?: 'start' | 'middle' | 'end';
  readonly bold?: boolean;
}

/** One line of text; `y` is its baseline. */
export function textAt(x: number, y: number, content: string, style: TextStyle = {}): string {
  const { size = TEXT.body, fill = COLOURS.text, anchor = 'start', bold = false } = style;
  const weight = bold ? { 'font-weight': 600 } : {};
  return element('text', { x, y, 'font-size': size, fill, 'text-anchor': anchor, ...weight }, escaped(content));
}

/** What a pointing device or a screen reader is told of the element it is put into. */
export const tooltip = (content: string): string => element('title', {}, escaped(content));

/** An SVG document without references to anything outside. */
export function documentOf(width: number, height: number, elements: readonly string[]): string {
  const [w, h] = [Math.ceil(width), Math.ceil(height)];
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${w} ${h}" width="${w}" height="${h}" font-family="${FONT}">`,
    '<rect width="100%" height="100%" fill="white"/>',
    ...elements,
    '</svg>\n',
  ].join('\n');
}
