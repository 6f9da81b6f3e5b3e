/** Reads the definition of every metric out of the comment above it, where it is written once, for reports to carry. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

const folder = join(import.meta.dirname, '../core/metrics');
export const definitionsFile = join(import.meta.dirname, '../core/scoring/definitions/texts.ts');

/** The comment that ends where a metric begins, and the metric's name. */
const metric =
  /\/\*\*((?:[^*]|\*(?!\/))*)\*\/\s*export const \w+(?::[^=]+)? = (?:defineMetric(?:<[^(]*>)?\()?\{\s*name: '([^']+)'/g;

/** A comment as a text: without its stars, its line breaks and the marks of code. */
const plain = (comment: string): string =>
  comment
    .split('\n')
    .map((line) => line.replace(/^\s*\*? ?/, '').trim())
    .join(' ')
    .replace(/`/g, '')
    .replace(/\s+/g, ' ')
    .trim();

const key = (name: string): string => (/^\w+$/.test(name) ? name : `'${name}'`);

/** The file that holds them, as it should be. */
export async function metricDefinitions(): Promise<string> {
  const files = (await readdir(folder, { recursive: true })).filter((file) => file.endsWith('.ts')).sort();
  const texts = await Promise.all(files.map((file) => readFile(join(folder, file), 'utf8')));
  const rows = texts.flatMap((text) =>
    [...text.matchAll(metric)].map(([, comment = '', name = '']) => [name, plain(comment)] as const),
  );
  const lines = rows
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, text]) => `  ${key(name)}:\n    ${text.includes("'") ? JSON.stringify(text) : `'${text}'`},`);
  return [
    "import type { MetricName } from '../../metrics/metric.ts';",
    '',
    '/** What each metric is, in words: the comments of their files, written here by `npm run docs:scores`. */',
    'export const definitionTexts: { readonly [Name in MetricName]?: string } = {',
    ...lines,
    '};',
    '',
  ].join('\n');
}
