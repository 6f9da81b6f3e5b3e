import { escaped } from '../../core/format.ts';
import type { Manifest } from '../../core/manifest.ts';

const style =
  'body{margin:0 auto;max-width:80rem;padding:1rem;font-family:system-ui,sans-serif;background:#fff;color:#1f2328}' +
  'h1{font-size:1.1rem}figure{margin:0}svg{max-width:100%;height:auto}';

/** A page of its own that holds the figure and loads nothing. */
export function figurePage(svg: string, { name, version }: Manifest, executionProvider: string): string {
  const title = escaped(`${name} ${version} (${executionProvider})`);
  return [
    '<!doctype html>',
    '<html lang="en">',
    `<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${title}</title>`,
    `<style>${style}</style></head>`,
    `<body><h1>${title}</h1><figure>${svg}</figure></body>`,
    '</html>\n',
  ].join('\n');
}
