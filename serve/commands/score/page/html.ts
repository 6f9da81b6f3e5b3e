import { escaped } from '../../../../core/text/format.ts';

/** The few pieces of HTML that the page of a report is made of, as strings. */

/** A section with its heading. @param content HTML */
export const section = (title: string, ...content: readonly string[]): string =>
  content.length === 0 ? '' : `<section><h2>${escaped(title)}</h2>\n${content.join('\n')}\n</section>`;

export const paragraph = (text: string): string => `<p>${escaped(text)}</p>`;

/** What may be wider than the page scrolls in a region of its own, which the keyboard reaches. @param content HTML */
export const wide = (label: string, content: string): string =>
  `<div class="wide" tabindex="0" role="region" aria-label="${escaped(label)}">${content}</div>`;

/** A cell: text, or HTML that is one already. */
export type Cell = string | { readonly html: string };

const inside = (cell: Cell): string => (typeof cell === 'string' ? escaped(cell) : cell.html);

/** A table whose first column names its rows. @param caption what it shows, in words */
export function table(caption: string, header: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const head = header.map((title) => `<th scope="col">${escaped(title)}</th>`).join('');
  const body = rows.map(
    ([first = '', ...rest]) =>
      `<tr><th scope="row">${inside(first)}</th>${rest.map((cell) => `<td>${inside(cell)}</td>`).join('')}</tr>`,
  );
  const content = `<table><caption>${escaped(caption)}</caption><thead><tr>${head}</tr></thead><tbody>\n${body.join('\n')}\n</tbody></table>`;
  return wide(caption, content);
}

/** Four significant digits; a dash where there is no value. */
export const number = (value: number | null | undefined): string =>
  value == null ? '–' : String(Number(value.toPrecision(4))).replace('-', '−');

export const interval = (of: readonly [number, number] | undefined): string =>
  of === undefined ? '–' : `${number(of[0])} to ${number(of[1])}`;
