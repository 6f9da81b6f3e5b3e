import { captionOf } from '../../core/figure/figure.ts';
import { COLOURS } from '../../core/figure/palette.ts';
import type { FigureOptions } from '../../core/figure/panel.ts';
import type { Manifest } from '../../core/manifest.ts';
import { escaped } from '../../core/text/format.ts';

/** The page on which `Accept: text/html` shows the figure. */

const style =
  `body{margin:0 auto;max-width:96rem;padding:1rem;font-family:system-ui,sans-serif;background:${COLOURS.card};color:${COLOURS.text}}` +
  `h1{font-size:1.25rem;margin:0 0 .25rem}p{margin:0 0 1rem;color:${COLOURS.quiet}}` +
  `figure{margin:0}image{image-rendering:pixelated}.wide{overflow-x:auto;background:${COLOURS.card};forced-color-adjust:none}` +
  'svg{display:block;max-width:100%;min-width:56rem;height:auto}' +
  'figcaption{max-width:48rem;margin-top:1rem;line-height:1.5}';

export interface PageParts {
  readonly title: string;
  /** A sentence below the title. */
  readonly note: string;
  /** The figure. */
  readonly svg: string;
  /** How it is read. */
  readonly caption: string;
}

/** A page of its own that holds a figure and loads nothing. */
export function htmlPage({ title, note, svg, caption }: PageParts): string {
  return [
    '<!doctype html>',
    '<html lang="en">',
    `<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escaped(title)}</title>`,
    `<style>${style}</style></head>`,
    `<body><main><h1>${escaped(title)}</h1><p>${escaped(note)}</p>`,
    `<figure><div class="wide" tabindex="0" role="region" aria-label="Figure">${svg}</div>`,
    `<figcaption>${caption}</figcaption></figure></main></body>`,
    '</html>\n',
  ].join('\n');
}

/** The page of explanations. */
export function figurePage(
  svg: string,
  manifest: Manifest,
  executionProvider: string,
  options?: FigureOptions,
): string {
  const { name, version } = manifest;
  return htmlPage({
    title: `Explanation by ${name} ${version}`,
    note: `Ran on ${executionProvider}.`,
    svg,
    caption: captionOf(manifest, options),
  });
}
