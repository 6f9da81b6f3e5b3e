import { textWidth } from '../../../core/figure/text.ts';

/** Where the texts, images and bars of a figure stand, in its own units. */
export interface Box {
  readonly what: string;
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

const unescaped = (text: string): string => text.replace(/&#(\d+);/g, (_, code) => String.fromCharCode(Number(code)));

function elementsOf(svg: string, tag: string): { attributes: Record<string, string>; content: string }[] {
  const pattern = new RegExp(`<${tag} ([^>]*?)/?>(?:([^<]*)</${tag}>)?`, 'g');
  return [...svg.matchAll(pattern)].map(([, attributes = '', content = '']) => ({
    attributes: Object.fromEntries(
      [...attributes.matchAll(/([\w-]+)="([^"]*)"/g)].map(([, name, value]) => [name, value]),
    ),
    content: unescaped(content),
  }));
}

/** Texts as wide as they can be in any font. */
export function textBoxes(svg: string): Box[] {
  return elementsOf(svg, 'text').map(({ attributes, content }) => {
    const size = Number(attributes['font-size']);
    const width = textWidth(content, { size, weight: Number(attributes['font-weight']) });
    const shift = { start: 0, middle: 0.5, end: 1 }[attributes['text-anchor'] as 'start' | 'middle' | 'end'];
    const left = Number(attributes['x']) - shift * width;
    const y = Number(attributes['y']);
    return { what: content, left, right: left + width, top: y - 0.75 * size, bottom: y + 0.2 * size };
  });
}

function framesOf(svg: string, tag: string): Box[] {
  return elementsOf(svg, tag)
    .filter(({ attributes }) => attributes['x'] !== undefined)
    .map(({ attributes: { x, y, width, height, href = tag } }) => ({
      ...{ what: href, left: Number(x), right: Number(x) + Number(width) },
      ...{ top: Number(y), bottom: Number(y) + Number(height) },
    }));
}

export const imageBoxes = (svg: string): Box[] => framesOf(svg, 'image');
export const barBoxes = (svg: string): Box[] => framesOf(svg, 'rect');

const overlap = (a: Box, b: Box): boolean =>
  a.left < b.right - 0.01 && b.left < a.right - 0.01 && a.top < b.bottom - 0.01 && b.top < a.bottom - 0.01;

/** What lies on something else, or outside the figure; empty of one that can be read. */
export function collisions(svg: string): string[] {
  const boxes = [...textBoxes(svg), ...imageBoxes(svg), ...barBoxes(svg)];
  const [, width, height] = /viewBox="0 0 (\S+) (\S+)"/.exec(svg) ?? [];
  const outside = boxes.filter(
    ({ left, right, top, bottom }) => left < 0 || top < 0 || right > Number(width) || bottom > Number(height),
  );
  const pairs = boxes.flatMap((a, i) => boxes.slice(i + 1).map((b) => [a, b] as const));
  const colliding = pairs.filter(([a, b]) => overlap(a, b)).map(([a, b]) => `${a.what} | ${b.what}`);
  return [...outside.map(({ what }) => `outside: ${what}`), ...colliding].map((text) => text.slice(0, 120));
}
