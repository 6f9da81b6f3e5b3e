import { percent, signed } from '../../../core/format.ts';
import type { Manifest } from '../../../core/manifest.ts';
import type { Prediction } from '../../../core/predictor.ts';
import type { Series } from './series.ts';

/** What a figure says to those who do not see it. */

const inputs = (count: number): string => (count === 1 ? '1 input' : `${count} inputs`);

export const spokenFigure = ({ name, version }: Manifest, count: number): string =>
  `${name} ${version}: explanation of ${inputs(count)}`;

/** One input: its class, and what every concept contributes to it and to the class that it is set beside. */
export function spokenPanel(
  { concepts }: Manifest,
  { label, probability }: Prediction,
  series: readonly Series[],
  { index, count }: { readonly index: number; readonly count: number },
): string {
  const contributions = series.map(({ label: of, values, sum }) => {
    const each = values.map((value, k) => `${concepts[k]?.name} ${signed(value)}`);
    return `Contributions to “${of}”, sum ${signed(sum)}: ${each.join(', ')}.`;
  });
  return [`Input ${index + 1} of ${count}: “${label}”, ${percent(probability)}.`, ...contributions].join(' ');
}
