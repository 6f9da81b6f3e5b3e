import { z } from 'zod';
import { SennError } from '../../core/errors.ts';
import { defineDataset } from './definition.ts';
import { readNamed, sha256Of } from './files/source.ts';
import { type Column, columnIndex, featureNames } from './tables/columns.ts';
import { tableDataset } from './tables/dataset.ts';
import { tableFields } from './tables/fields.ts';
import { type CsvFile, readCsv } from './tables/records.ts';
import { type LabelColumn, labelColumn, tableOf } from './tables/table.ts';

/** A table of the user's own, out of a CSV file. */

const name = z.string().min(1);
const distinct = (names: readonly string[]): boolean => new Set(names).size === names.length;

/** One feature: z-scores by the training rows, after the transform. */
const numberColumn = z.strictObject({
  kind: z.literal('number').default('number'),
  name,
  unit: z.string().optional(),
  /** `sqrt` for counts of a long tail. */
  transform: z.enum(['linear', 'sqrt']).default('linear'),
  /** Of the feature's domain; the training rows' own when absent. */
  range: z
    .tuple([z.number(), z.number()])
    .refine(([low, high]) => low <= high, 'must be [low, high]')
    .optional(),
});

/** One indicator feature for each value. */
const categoryColumn = z.strictObject({ kind: z.literal('category'), name, values: z.array(name).min(2) });

const schema = z
  .strictObject({
    name: z.literal('csv'),
    path: name,
    /** `true` when the first line names the columns, or their names in the order of the file. */
    header: z.union([z.literal(true), z.array(name).min(2)]).default(true),
    delimiter: z.string().length(1).default(','),
    /** The columns that are features, in the order that the networks take them; any other column is not looked at. */
    features: z
      .array(z.discriminatedUnion('kind', [numberColumn, categoryColumn]))
      .min(1)
      .refine((columns) => distinct(columns.flatMap(featureNames)), 'must name every feature once'),
    /** The column that tells the class. */
    label: name,
    /** Its cells, in the order of the classes; what is in the column, sorted, when absent. */
    classes: z.array(name).min(2).refine(distinct, 'must name every class once').optional(),
    /** What a cell holds whose value is not known: a record with such a cell is left out. Without it, none may be. */
    missing: z.string().optional(),
    /** Whether its rows are people: then no row of one leaves the run, only means of groups. Say `false` of things. */
    people: z.boolean().default(true),
    ...tableFields,
  })
  .refine(({ label, features }) => !features.some((column) => column.name === label), {
    path: ['label'],
    error: 'must be no feature',
  });

type Config = z.infer<typeof schema>;

function columnOf(feature: Config['features'][number]): Column {
  if (feature.kind === 'category') return feature;
  const { transform, ...column } = feature;
  return { ...column, scaling: { transform, normalisation: 'standard' } };
}

function labelOf(file: CsvFile, { label, classes, missing }: Config): LabelColumn {
  const at = columnIndex(file, label);
  const found = new Set(file.records.map(({ cells }) => cells[at] as string).filter((cell) => cell !== missing));
  const names = classes ?? [...found].filter((cell) => cell !== '').sort();
  if (names.length < 2) {
    throw new SennError(
      'missing_data',
      `${file.where}: column "${label}" must tell two classes or more, got ${names.join(', ')}`,
      { classes: names },
    );
  }
  return labelColumn(
    label,
    names.map((cell) => [cell, cell]),
  );
}

/** A table of one's own, described by the configuration. */
export const csv = defineDataset(schema, async (config) => {
  const { path, header, delimiter, features, missing } = config;
  const bytes = await readNamed(path);
  const file = readCsv(bytes, path, header, delimiter);
  const table = tableOf(file, { columns: features.map(columnOf), label: labelOf(file, config), missing });
  return tableDataset('csv', table, config, sha256Of(bytes));
});
