/** Writes the tables of docs/scores.md, and the definitions that reports carry, from the rows of the metrics. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { withScoreTables } from '../serve/commands/score/docs-tables.ts';
import { definitionsFile, metricDefinitions } from './metric-definitions.ts';

const path = join(import.meta.dirname, '../docs/scores.md');
await writeFile(path, withScoreTables(await readFile(path, 'utf8')));
console.log(path);

await writeFile(definitionsFile, await metricDefinitions());
console.log(definitionsFile);
