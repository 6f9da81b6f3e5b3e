/** Writes docs/layers.md: what the exporter makes of every layer (the tables of export/emitters). */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { layersTable } from '../export/emitters/layers-table.ts';

const path = join(import.meta.dirname, '../docs/layers.md');
await writeFile(path, layersTable());
console.log(path);
