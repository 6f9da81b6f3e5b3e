import { z } from 'zod';
import { defineDataset } from './definition.ts';
import { readSource, type Source } from './files/source.ts';
import { noScaling } from './scaling.ts';
import type { Column } from './tables/columns.ts';
import { tableDataset } from './tables/dataset.ts';
import { publishedTableFields } from './tables/fields.ts';
import { readCsv } from './tables/records.ts';
import { labelColumn, type Table, tableOf, tableRows, vectorGroups } from './tables/table.ts';

/** COMPAS, as ProPublica published it for fair machine learning: with or without the filter of the SENN papers. */

export const compasSource: Source = {
  file: 'compas/propublica_data_for_fairml.csv',
  url: 'https://raw.githubusercontent.com/adebayoj/fairml/master/doc/example_notebooks/propublica_data_for_fairml.csv',
  sha256: 'efc28b32b72462af9a07236bfe04b2a9ac07971fad35f87704b2b92bbfe6cf06',
  bytes: 148_873,
};

const indicator = (name: string, category?: string): Column => {
  return { kind: 'number', name, category, range: [0, 1], scaling: noScaling };
};

/** In the order of the file. Priors enter as √(n / largest n), as in the SENN paper. */
const columns: readonly Column[] = [
  indicator('Two_yr_Recidivism'),
  {
    kind: 'number',
    name: 'Number_of_Priors',
    unit: 'priors',
    scaling: { transform: 'sqrt', normalisation: 'maximum' },
  },
  indicator('Age_Above_FourtyFive', 'Age'),
  indicator('Age_Below_TwentyFive', 'Age'),
  indicator('African_American', 'Race'),
  indicator('Asian', 'Race'),
  indicator('Hispanic', 'Race'),
  indicator('Native_American', 'Race'),
  indicator('Other', 'Race'),
  indicator('Female'),
  indicator('Misdemeanor'),
];

/** ProPublica's `score_factor`: whether COMPAS called the risk of recidivism more than "Low" (deciles 5 to 10). */
const label = labelColumn('score_factor', [
  ['0', 'low'],
  ['1', 'medium or high'],
]);

/**
 * The filter of the SENN paper and its reproductions: rows whose feature vector occurs once go, and so do rows that
 * disagree with what a clear majority of their vector (further than 0.2 from one half) was labelled. It looks at the
 * labels of all rows before they are parted, so accuracies behind it are not those of new defendants.
 * @param table of two classes
 */
export function paperFilter(table: Table): Table {
  const groups = vectorGroups(table);
  const counts = new Map<number, { rows: number; ones: number }>();
  groups.forEach((group, row) => {
    const { rows, ones } = counts.get(group) ?? { rows: 0, ones: 0 };
    counts.set(group, { rows: rows + 1, ones: ones + (table.labels[row] as number) });
  });
  const kept = Array.from(groups.keys()).filter((row) => {
    const { rows, ones } = counts.get(groups[row] as number) as { rows: number; ones: number };
    const lead = 2 * ones - rows;
    const clear = 5 * Math.abs(lead) > 2 * rows; // |ones / rows − 1/2| > 0.2, in whole numbers
    return rows > 1 && (!clear || table.labels[row] === (lead > 0 ? 1 : 0));
  });
  return tableRows(table, kept);
}

const filters = { paper: paperFilter, none: (table) => table } satisfies Record<string, (table: Table) => Table>;

/**
 * COMPAS risk scores of 6,172 defendants in Broward County (Larson et al. 2016), in the table that the SENN paper uses.
 * 5,359 rows pass the paper's filter; a lookup of each vector's majority gets 84.46 % of them right.
 */
export const compas = defineDataset(
  z.strictObject({
    name: z.literal('compas'),
    filter: z.enum(['paper', 'none']).default('paper'),
    ...publishedTableFields,
  }),
  async (config, places) => {
    const file = readCsv(await readSource(compasSource, places, config.path), compasSource.file, true);
    const table = filters[config.filter](tableOf(file, { columns, label }));
    return tableDataset('compas', table, { ...config, people: true }, compasSource.sha256);
  },
);
