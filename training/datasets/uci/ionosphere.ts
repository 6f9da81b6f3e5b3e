import type { Column } from '../tables/columns.ts';
import { labelColumn } from '../tables/table.ts';
import { uciDataset } from './table.ts';

/** Ionosphere, UCI: radar returns that show structure in the ionosphere, or do not. */

const PULSES = 17;

/**
 * Radar returns from the ionosphere (Sigillito et al. 1989): the complex autocorrelation at 17 pulse numbers, 351 rows.
 * The second column is 0 everywhere.
 */
export const ionosphere = uciDataset('ionosphere', {
  file: 'ionosphere.csv',
  sha256: 'fd6dd7864b55d56dac0a1e6e24af9ccc35bf2555ac79af8ab9f3d1daa065ab83',
  bytes: 76_466,
  columns: Array.from({ length: 2 * PULSES }, (_, i): Column => {
    const part = i % 2 === 0 ? 'real' : 'imaginary';
    return { kind: 'number', name: `Pulse ${Math.floor(i / 2) + 1} ${part}`, range: [-1, 1] };
  }),
  label: labelColumn('Class', [
    ['b', 'bad'],
    ['g', 'good'],
  ]),
});
