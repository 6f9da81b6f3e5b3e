import type { Column } from '../tables/columns.ts';
import { labelColumn } from '../tables/table.ts';
import { uciDataset } from './table.ts';

/** Breast Cancer Wisconsin (Diagnostic), UCI: thirty measurements of cell nuclei, benign or malignant. */

const grades = [
  'Clump thickness',
  'Uniformity of cell size',
  'Uniformity of cell shape',
  'Marginal adhesion',
  'Single epithelial cell size',
  'Bare nuclei',
  'Bland chromatin',
  'Normal nucleoli',
  'Mitoses',
];

/**
 * Fine needle aspirates of breast masses, graded 1 to 10 (Wolberg & Mangasarian 1990).
 * 16 of the 699 rows miss "Bare nuclei" and are left out: 683 stay.
 */
export const breastCancerWisconsin = uciDataset('breast-cancer-wisconsin', {
  file: 'breast-cancer-wisconsin.csv',
  sha256: '9c9dc50e62dbcece16e5707bdec7514f87230d0aa35798b9aaffbc77cf736f1f',
  bytes: 14_486,
  people: true,
  columns: grades.map((name): Column => ({ kind: 'number', name, unit: 'grade', range: [1, 10] })),
  label: labelColumn('Class', [
    ['2', 'benign'],
    ['4', 'malignant'],
  ]),
  missing: '?',
});
