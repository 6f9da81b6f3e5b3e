import { type BlockWriters, type Column, figurePath, type Report, writeBlock } from './document.ts';

/**
 * Text that a Markdown reader shows as it is (CommonMark with GitHub's tables and formulas): no name, however odd,
 * becomes markup.
 */
export function escapedMarkdown(text: string): string {
  return text
    .replace(/[\t\n\r ]+/g, ' ')
    .replace(/[\\`*_[\]<>&|~$]/g, '\\$&')
    .replace(/^([#+=-])/, '\\$1')
    .replace(/^(\d+)([.)])(?=\s|$)/, '$1\\$2');
}

const tableLine = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;

/** A fence that nothing within ends. */
function fenced(lines: readonly string[], language: string): string {
  const longest = Math.max(2, ...lines.flatMap((line) => (line.match(/`+/g) ?? []).map(({ length }) => length)));
  const fence = '`'.repeat(longest + 1);
  return [`${fence}${language}`, ...lines, fence].join('\n');
}

const writers: BlockWriters = {
  heading: ({ text }) => `## ${escapedMarkdown(text)}`,
  paragraph: ({ text }) => escapedMarkdown(text),
  list: ({ items }) => items.map((item) => `- ${escapedMarkdown(item)}`).join('\n'),
  table: ({ columns, rows }) =>
    [
      tableLine(columns.map(({ title }: Column) => escapedMarkdown(title))),
      tableLine(columns.map(({ numeric }) => (numeric ? '---:' : '---'))),
      ...rows.map((cells) => tableLine(cells.map(escapedMarkdown))),
    ].join('\n'),
  commands: ({ lines }) => fenced(lines, 'sh'),
  figure: ({ number, figure }) =>
    [
      `![${escapedMarkdown(figure.title)}](${figurePath(figure, 'svg')})`,
      `**Figure ${number}: ${escapedMarkdown(figure.title)}.** ${escapedMarkdown(figure.caption)}`,
    ].join('\n\n'),
};

/** The report as Markdown; its figures are files beside it. */
export function toMarkdown({ title, blocks }: Report): string {
  return `${[`# ${escapedMarkdown(title)}`, ...blocks.map((block) => writeBlock(writers, block))].join('\n\n')}\n`;
}
