import { captionOf } from '../../core/figure/figure.ts';
import { COLOURS } from '../../core/figure/palette.ts';
import type { Manifest } from '../../core/manifest.ts';
import { escaped } from '../../core/text/format.ts';

/** The page on which `Accept: text/html` shows the figure. */

const style =
  `body{margin:0 auto;max-width:96rem;padding:1rem;font-family:system-ui,sans-serif;background:${COLOURS.card};color:${COLOURS.text}}` +
  `h1{font-size:1.25rem;margin:0 0 .25rem}p{margin:0 0 1rem;color:${COLOURS.quiet}}` +
  'figure{margin:0}image{image-rendering:pixelated}.wide{overflow-x:auto}svg{display:block;max-width:100%;min-width:56rem;height:auto}' +
  'figcaption{max-width:48rem;margin-top:1rem;line-height:1.5}';

/** A page of its own that holds the figure and loads nothing. */
export function figurePage(svg: string, manifest: Manifest, executionProvider: string): string {
  const { name, version } = manifest;
  const title = escaped(`Explanation by ${name} ${version}`);
  return [
    '<!doctype html>',
    '<html lang="en">',
    `<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${title}</title>`,
    `<style>${style}</style></head>`,
    `<body><main><h1>${title}</h1><p>Ran on ${escaped(executionProvider)}.</p>`,
    `<figure><div class="wide" tabindex="0" role="region" aria-label="Figure">${svg}</div>`,
    `<figcaption>${captionOf(manifest)}</figcaption></figure></main></body>`,
    '</html>\n',
  ].join('\n');
}
