import { z } from 'zod';
import { type DatasetDefinition, defineDataset } from '../definition.ts';
import { readSource, type Source } from '../files/source.ts';
import type { Column } from '../tables/columns.ts';
import { tableDataset } from '../tables/dataset.ts';
import { publishedTableFields } from '../tables/fields.ts';
import { readCsv } from '../tables/records.ts';
import { type LabelColumn, tableOf } from '../tables/table.ts';

/** A table of the UCI Machine Learning Repository, as its `.names` file describes it. */
interface UciTable {
  /** File name in the repository that we take it from, and in the folder `uci` of a data folder. */
  readonly file: string;
  readonly sha256: string;
  readonly bytes: number;
  /** In the order of the file, which names no columns. */
  readonly columns: readonly Column[];
  /** The last column. */
  readonly label: LabelColumn;
  readonly missing?: string;
  /** Its rows are people. */
  readonly people?: boolean;
}

const REPOSITORY = 'https://raw.githubusercontent.com/jbrownlee/Datasets/master';

const fieldsOf = <Name extends string>(name: Name) =>
  z.strictObject({ name: z.literal(name), ...publishedTableFields });

/** @returns the source beside the definition, so that a test can ask whether the file is at hand */
export function uciDataset<Name extends string>(
  name: Name,
  { file, sha256, bytes, columns, label, missing, people }: UciTable,
): DatasetDefinition<ReturnType<typeof fieldsOf<Name>>> & { readonly source: Source } {
  const source = { file: `uci/${file}`, url: `${REPOSITORY}/${file}`, sha256, bytes };
  const header = [...columns.map((column) => column.name), label.name];
  const definition = defineDataset(fieldsOf(name), async (config, places) => {
    const file = readCsv(await readSource(source, places, config.path), source.file, header);
    const table = tableOf(file, { columns, label, missing });
    return tableDataset(name, table, { ...config, people }, sha256);
  });
  return { ...definition, source };
}
