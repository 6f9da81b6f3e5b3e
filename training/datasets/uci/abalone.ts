import type { LabelColumn } from '../tables/table.ts';
import { uciDataset } from './table.ts';

/** Largest number of rings in each class but the last. */
const lastRings = [8, 10] as const;

/** The three groups of Clark, Schreter & Adams (1996): "grouping ring classes 1-8, 9 and 10, and 11 on". */
const rings: LabelColumn = {
  name: 'Rings',
  classes: ['1 to 8 rings', '9 or 10 rings', '11 rings or more'],
  classOf: (cell) => {
    if (!/^[1-9]\d*$/.test(cell)) return -1;
    const group = lastRings.findIndex((last) => Number(cell) <= last);
    return group === -1 ? lastRings.length : group;
  },
  rule: 'a number of rings',
};

/**
 * Age of abalone by their shells (Nash et al. 1994), 4,177 rows; rings + 1.5 are years.
 * Measurements are in the file's own units: millimetres and grams, divided by 200 by those who gave the data.
 */
export const abalone = uciDataset('abalone', {
  file: 'abalone.csv',
  sha256: 'eb2de13be807e9bb9ec4128b9c89b98ab23d7739121cfd17b7dde69b46ba7bf6',
  bytes: 191_872,
  columns: [
    { kind: 'category', name: 'Sex', values: ['M', 'F', 'I'] },
    { kind: 'number', name: 'Length', unit: '200 mm' },
    { kind: 'number', name: 'Diameter', unit: '200 mm' },
    { kind: 'number', name: 'Height', unit: '200 mm' },
    { kind: 'number', name: 'Whole weight', unit: '200 g' },
    { kind: 'number', name: 'Shucked weight', unit: '200 g' },
    { kind: 'number', name: 'Viscera weight', unit: '200 g' },
    { kind: 'number', name: 'Shell weight', unit: '200 g' },
  ],
  label: rings,
});
