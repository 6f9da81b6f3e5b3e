import type { Column } from '../tables/columns.ts';
import { labelColumn } from '../tables/table.ts';
import { uciDataset } from './table.ts';

/** Sonar, UCI: echoes of mines and of rocks. */

const BANDS = 60;

/** Sonar returns from a metal cylinder or a rock (Gorman & Sejnowski 1988): energies in 60 bands, 208 rows. */
export const sonar = uciDataset('sonar', {
  file: 'sonar.csv',
  sha256: '3079c09b5d2789a0f96aff82c28e5164fafe2495c5f8da96c6c256c1bd25763f',
  bytes: 87_775,
  columns: Array.from({ length: BANDS }, (_, i): Column => ({ kind: 'number', name: `Band ${i + 1}`, range: [0, 1] })),
  label: labelColumn('Class', [
    ['R', 'rock'],
    ['M', 'mine'],
  ]),
});
