import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { withScoreTables } from '../../../../serve/commands/score/docs-tables.ts';

it('docs/scores.md has the tables of metrics and attributions as they are (npm run docs:scores)', async () => {
  const docs = await readFile(new URL('../../../../docs/scores.md', import.meta.url), 'utf8');
  expect(docs).toBe(withScoreTables(docs));
});
