/** Writes the table of options of docs/server.md (serve/config/). */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { withOptionsTable } from '../serve/config/table.ts';

const path = join(import.meta.dirname, '../docs/server.md');
await writeFile(path, withOptionsTable(await readFile(path, 'utf8')));
console.log(path);
