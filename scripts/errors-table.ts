/** Writes the table of docs/errors.md from the table of codes (core/errors.ts): `npm run docs:errors`. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { errorCodes } from '../core/errors.ts';

const HEAD = ['| code | status | exit | meaning |', '| --- | --- | --- | --- |'];

/**
 * The page with the table as the code has it.
 * @param page Markdown that ends with the table, or holds it as its only one
 */
export function withErrorsTable(page: string): string {
  const rows = Object.entries(errorCodes).map(
    ([code, { status, exitCode, meaning }]) => `| \`${code}\` | ${status} | ${exitCode} | ${meaning} |`,
  );
  return page.replace(/^\|.*\|$(\n^\|.*\|$)*/m, () => [...HEAD, ...rows].join('\n'));
}

if (process.argv[1] === import.meta.filename) {
  const path = join(import.meta.dirname, '../docs/errors.md');
  await writeFile(path, withErrorsTable(await readFile(path, 'utf8')));
  console.log(path);
}
