import type { Column } from '../tables/columns.ts';
import { labelColumn } from '../tables/table.ts';
import { uciDataset } from './table.ts';

/** Wine, UCI: chemical analyses of wines of three growers. */

const constituents = [
  'Alcohol',
  'Malic acid',
  'Ash',
  'Alcalinity of ash',
  'Magnesium',
  'Total phenols',
  'Flavanoids',
  'Nonflavanoid phenols',
  'Proanthocyanins',
  'Color intensity',
  'Hue',
  'OD280/OD315 of diluted wines',
  'Proline',
];

/** Chemical analysis of wines of three cultivars (Forina et al. 1991), 178 rows; the source tells no units. */
export const wine = uciDataset('wine', {
  file: 'wine.csv',
  sha256: 'e9c16b779f9194945067f65118da6afb317ef60c6515879c50124dc4f6cdd756',
  bytes: 10_782,
  columns: constituents.map((name): Column => ({ kind: 'number', name })),
  label: labelColumn('Cultivar', [
    ['1', 'cultivar 1'],
    ['2', 'cultivar 2'],
    ['3', 'cultivar 3'],
  ]),
});
