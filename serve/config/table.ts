import { options } from './options.ts';

/**
 * Keeps the table of options in docs/server.md equal to the options: `npm run docs:server` writes it, a test checks it.
 */

/** The table stands between these two lines. */
export const START = '<!-- options: npm run docs:server -->';
export const END = '<!-- /options -->';

function optionsTable(): string {
  const rows = options.map(({ name, flag, variable, shown, doc, secret }) => {
    const key = secret ? 'not in files' : `\`${name}\``;
    return `| ${key} | ${flag === undefined ? 'none' : `\`${flag}\``} | \`${variable}\` | ${shown} | ${doc} |`;
  });
  return ['| key | flag | variable | default | what it does |', '| --- | --- | --- | --- | --- |', ...rows].join('\n');
}

/** The text of docs/server.md with the table made anew. @throws where the two lines are missing */
export function withOptionsTable(text: string): string {
  const [from, to] = [text.indexOf(START), text.indexOf(END)];
  if (from < 0 || to < from) throw new Error(`docs/server.md: needs the lines ${START} and ${END}`);
  return `${text.slice(0, from)}${START}\n\n${optionsTable()}\n\n${text.slice(to)}`;
}
