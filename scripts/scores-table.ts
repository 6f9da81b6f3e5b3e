/** Writes the tables of docs/scores.md (serve/commands/score/docs-tables.ts). */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { withScoreTables } from '../serve/commands/score/docs-tables.ts';

const path = join(import.meta.dirname, '../docs/scores.md');
await writeFile(path, withScoreTables(await readFile(path, 'utf8')));
console.log(path);
