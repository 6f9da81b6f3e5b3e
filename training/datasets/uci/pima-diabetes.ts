import { labelColumn } from '../tables/table.ts';
import { uciDataset } from './table.ts';

/**
 * Onset of diabetes among Pima women of at least 21 years (Smith et al. 1988), 768 rows.
 * A measurement that was not taken is 0 in the file (skin fold, insulin and more), and stays 0 here.
 */
export const pimaDiabetes = uciDataset('pima-diabetes', {
  file: 'pima-indians-diabetes.csv',
  sha256: '6bfe5d0f379d17a0e0819b996407e3c09bf80febd4287f2ed212190dfff154af',
  bytes: 23_278,
  people: true,
  columns: [
    { kind: 'number', name: 'Pregnancies' },
    { kind: 'number', name: 'Plasma glucose' },
    { kind: 'number', name: 'Diastolic blood pressure', unit: 'mm Hg' },
    { kind: 'number', name: 'Triceps skin fold thickness', unit: 'mm' },
    { kind: 'number', name: 'Serum insulin', unit: 'µU/ml' },
    { kind: 'number', name: 'Body mass index', unit: 'kg/m²' },
    { kind: 'number', name: 'Diabetes pedigree function' },
    { kind: 'number', name: 'Age', unit: 'years' },
  ],
  label: labelColumn('Class', [
    ['0', 'negative'],
    ['1', 'positive'],
  ]),
});
