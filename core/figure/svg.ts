import { escaped } from '../text/format.ts';
import { COLOURS } from './palette.ts';
import { FONT, TEXT, type TextStyle } from './text.ts';

/** The few SVG elements that figures are made of, as strings: there is no DOM on a server. Lengths are CSS pixels. */

type Attributes = Readonly<Record<string, string | number | undefined>>;

/** Twelve digits: what adding tenths leaves behind (0.30000000000000004) is not written. */
const written = (value: string | number): string =>
  typeof value === 'number' ? String(Number(value.toPrecision(12))) : escaped(value);

/** @param children elements, or text that is escaped already */
export function element(name: string, attributes: Attributes, ...children: readonly string[]): string {
  const list = Object.entries(attributes).map(([key, value]) =>
    value === undefined ? '' : ` ${key}="${written(value)}"`,
  );
  const opening = `<${name}${list.join('')}`;
  return children.length === 0 ? `${opening}/>` : `${opening}>${children.join('')}</${name}>`;
}

/** What a pointing device is told of the element that it is put into. */
export const tooltip = (content: string): string => element('title', {}, escaped(content));

/** One line of text. @param y its baseline */
export function textAt(x: number, y: number, content: string, style: TextStyle = {}): string {
  const { size = TEXT.body, fill = COLOURS.text, anchor = 'start', weight = 400 } = style;
  const look = { 'font-size': size, 'font-weight': weight, fill, 'text-anchor': anchor };
  return element('text', { x, y, ...look }, escaped(content));
}

/** A rectangle of the figure: its upper left corner and its size. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Enlarged without smoothing: every pixel of the model stays a square. @param href a `data:` URI */
export function imageAt({ x, y, width, height }: Box, href: string, ...children: readonly string[]): string {
  return element('image', { x, y, width, height, 'image-rendering': 'optimizeSpeed', href }, ...children);
}

export function rectangleAt({ x, y, width, height }: Box, look: Attributes, ...children: readonly string[]): string {
  return element('rect', { x, y, width, height, ...look }, ...children);
}

export function lineAt(
  [x1, y1]: [number, number],
  [x2, y2]: [number, number],
  stroke: string,
  look: Attributes = {},
): string {
  return element('line', { x1, y1, x2, y2, stroke, ...look });
}

/** Elements that are one picture to those who do not see it. @param label what it shows, in words */
export function groupOf(label: string, elements: readonly string[]): string[] {
  return [`<g role="img" aria-label="${escaped(label)}">`, ...elements, '</g>'];
}

/**
 * A document of its own on a white ground, without references to anything outside.
 * @param label its name, for those who do not see it
 */
export function documentOf(
  [width, height]: readonly [number, number],
  elements: readonly string[],
  label?: string,
): string {
  const name = label === undefined ? '' : ` role="group" aria-label="${escaped(label)}"`;
  const [w, h] = [Math.ceil(width), Math.ceil(height)];
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${w} ${h}" width="${w}" height="${h}"${name} font-family="${FONT}">`,
    '<rect width="100%" height="100%" fill="white"/>',
    ...elements,
    '</svg>\n',
  ].join('\n');
}
