import { COLOURS, paletteCss } from '../../core/figure/palette.ts';
import { escaped } from '../../core/text/format.ts';
import { type BlockWriters, type Column, type Report, writeBlock } from './document.ts';

/** The page asks nobody for anything, and runs nothing. */
const policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:";

/** Figures keep their white ground in the dark, and where colours are forced: their own were chosen on it. */
const style = `
${paletteCss}body { margin: 0 auto; max-width: 64rem; padding: 2rem 1.25rem 4rem; background: var(--card); color: var(--text);
  font: 1rem/1.6 system-ui, -apple-system, 'Segoe UI', sans-serif; overflow-wrap: break-word }
h1 { font-size: 1.9rem; line-height: 1.2; margin: 0 0 1rem }
h2 { font-size: 1.3rem; line-height: 1.3; margin: 2.5rem 0 .75rem; padding-bottom: .3rem; border-bottom: 1px solid var(--line) }
p, ul { max-width: 44rem }
.wide { overflow-x: auto }
table { border-collapse: collapse; font-size: .9rem; font-variant-numeric: tabular-nums }
th, td { padding: .3rem .9rem .3rem 0; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top }
th { font-weight: 600; white-space: nowrap }
.number { text-align: right }
pre { padding: .9rem 1rem; background: var(--track); border-radius: 6px; overflow-x: auto; font-size: .85rem; line-height: 1.5 }
figure { margin: 1.5rem 0 }
figure > div { background: ${COLOURS.card}; forced-color-adjust: none; border: 1px solid var(--line); border-radius: 6px; overflow-x: auto }
figure svg { display: block; max-width: 100%; height: auto; margin: 0 auto }
figcaption { margin-top: .5rem; max-width: 44rem; font-size: .9rem; color: var(--quiet) }
@media print { figure, tr { break-inside: avoid } }
`.trim();

const cell = (tag: 'th' | 'td', text: string, { numeric }: Column): string =>
  `<${tag}${tag === 'th' ? ' scope="col"' : ''}${numeric ? ' class="number"' : ''}>${escaped(text)}</${tag}>`;

/** Of what may be wider than the page: a keyboard must reach it to move it. */
const scrolls = (label: string): string => `tabindex="0" role="group" aria-label="${escaped(label)}"`;

const tableRow = (tag: 'th' | 'td', cells: readonly string[], columns: readonly Column[]): string =>
  `<tr>${cells.map((text, i) => cell(tag, text, columns[i] as Column)).join('')}</tr>`;

const writers: BlockWriters = {
  heading: ({ text }) => `<h2>${escaped(text)}</h2>`,
  paragraph: ({ text }) => `<p>${escaped(text)}</p>`,
  list: ({ items }) => `<ul>\n${items.map((item) => `<li>${escaped(item)}</li>`).join('\n')}\n</ul>`,
  table: ({ columns, rows }) => {
    const titles = columns.map(({ title }) => title);
    const body = rows.map((cells) => tableRow('td', cells, columns)).join('\n');
    return `<div class="wide" ${scrolls(`Table of ${titles.join(', ')}`)}><table>\n<thead>${tableRow('th', titles, columns)}</thead>\n<tbody>\n${body}\n</tbody>\n</table></div>`;
  },
  commands: ({ lines }) => `<pre ${scrolls('Commands')}><code>${escaped(lines.join('\n'))}</code></pre>`,
  figure: ({ number, figure: { name, title, caption, svg } }) =>
    [
      `<figure id="${name}">`,
      `<div ${scrolls(`Figure ${number}`)}>${svg.trim()}</div>`,
      `<figcaption><strong>Figure ${number}: ${escaped(title)}.</strong> ${escaped(caption)}</figcaption>`,
      '</figure>',
    ].join('\n'),
};

/** The report as one HTML file that holds its figures and loads nothing. */
export function toHtml({ title, blocks }: Report): string {
  return [
    '<!doctype html>',
    '<html lang="en">',
    '<head>',
    '<meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    `<meta http-equiv="Content-Security-Policy" content="${policy}">`,
    `<title>${escaped(title)}</title>`,
    `<style>\n${style}\n</style>`,
    '</head>',
    '<body>',
    '<main>',
    `<h1>${escaped(title)}</h1>`,
    ...blocks.map((block) => writeBlock(writers, block)),
    '</main>',
    '</body>',
    '</html>\n',
  ].join('\n');
}
