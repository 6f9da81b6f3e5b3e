import { COLOURS } from '../../core/figure/palette.ts';
import { escaped } from '../../core/format.ts';
import type { Manifest } from '../../core/manifest.ts';

/** The page on which `Accept: text/html` shows the figure. */

const style =
  `body{margin:0 auto;max-width:96rem;padding:1rem;font-family:system-ui,sans-serif;background:${COLOURS.card};color:${COLOURS.text}}` +
  `h1{font-size:1.25rem;margin:0 0 .25rem}p{margin:0 0 1rem;color:${COLOURS.quiet}}` +
  'figure{margin:0}image{image-rendering:pixelated}.wide{overflow-x:auto}svg{display:block;max-width:100%;min-width:56rem;height:auto}' +
  'figcaption{max-width:48rem;margin-top:1rem;line-height:1.5}';

/** How the figure is read, by the kind of input. */
const rows = {
  image:
    'Each row is a concept: its activation in this input, training inputs that activate it most (its prototypes), and ' +
    'what the model makes of the input with that concept alone turned down and up.',
  tabular:
    'Each row is a concept: a feature with its value, or a concept that the model has learned, with the features that ' +
    'follow it.',
} as const satisfies Record<Manifest['input']['kind'], string>;

const bars =
  'The bars are what the concept contributes to the predicted class and, hollow, to the class that it is set beside: to ' +
  'the right for it, to the left against it. The bars of a class sum to its logit.';

/** A page of its own that holds the figure and loads nothing. */
export function figurePage(svg: string, { name, version, input }: Manifest, executionProvider: string): string {
  const title = escaped(`Explanation by ${name} ${version}`);
  return [
    '<!doctype html>',
    '<html lang="en">',
    `<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${title}</title>`,
    `<style>${style}</style></head>`,
    `<body><main><h1>${title}</h1><p>Ran on ${escaped(executionProvider)}.</p>`,
    `<figure><div class="wide" tabindex="0" role="region" aria-label="Figure">${svg}</div>`,
    `<figcaption>${rows[input.kind]} ${bars}</figcaption></figure></main></body>`,
    '</html>\n',
  ].join('\n');
}
