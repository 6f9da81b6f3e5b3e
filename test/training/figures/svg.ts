import { decode } from 'fast-png';

/** What tests read out of a drawn SVG. */

export interface Drawn {
  readonly attributes: Readonly<Record<string, string>>;
  /** The element's own text, without tags. */
  readonly text: string;
}

const unescaped = (text: string): string =>
  text
    .replace(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code)))
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&amp;', '&');

/** Every element of a name that holds none of its own kind, in the order of the document. */
export function drawn(svg: string, name: string): Drawn[] {
  const pattern = new RegExp(`<${name}((?: [\\w:-]+="[^"]*")*)(?:/>|>([\\s\\S]*?)</${name}>)`, 'g');
  return [...svg.matchAll(pattern)].map(([, list = '', inner = '']) => ({
    attributes: Object.fromEntries(
      [...list.matchAll(/([\w:-]+)="([^"]*)"/g)].map(([, key, value]) => [key, unescaped(value as string)]),
    ),
    text: unescaped(inner.replace(/<[^>]*>/g, '')),
  }));
}

export const texts = (svg: string): string[] => drawn(svg, 'text').map(({ text }) => text);

export const numberOf = ({ attributes }: Drawn, name: string): number => Number(attributes[name]);

/** The two numbers of `translate(x,y)`. */
export function placeOf({ attributes }: Drawn): [x: number, y: number] {
  const [, x, y] = /translate\(([-\d.e]+),([-\d.e]+)\)/.exec(attributes['transform'] ?? '') ?? [];
  return [Number(x), Number(y)];
}

/** Bars of `barsBlock`, told from other rectangles by their tooltips. */
export const bars = (svg: string): Drawn[] => drawn(svg, 'rect').filter(({ text }) => text !== '');

/** Pixels of an inlined PNG, 0 to 255. */
export function pixelsOf({ attributes }: Drawn): ArrayLike<number> {
  const [, base64 = ''] = (attributes['href'] as string).split(',');
  return decode(Buffer.from(base64, 'base64')).data;
}
