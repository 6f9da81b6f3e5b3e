/** Writes docs/layers.md: what the exporter makes of every layer (export/layers-model/support.ts). */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { layersTable } from '../export/layers-model/support.ts';

const path = join(import.meta.dirname, '../docs/layers.md');
await writeFile(path, layersTable());
console.log(path);
