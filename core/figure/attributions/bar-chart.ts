import { COLOURS } from '../palette.ts';
import { barAt, barLabel } from '../parts/bar.ts';
import { lineAt, textAt } from '../svg.ts';
import { fitted, TEXT } from '../text.ts';
import type { AttributionDrawing } from './drawing.ts';

/** An attribution of a row of a table: a bar for each feature, the largest first; of many, the rest as one. */

const MOST = 12;
const LINE = 22;
const NAME = { size: TEXT.label } as const;
const NAMES = 170;
const GAP = 10;
/** For the bars, on both sides of 0, and outside them for their numbers. */
const BARS = 150;
const NUMBERS = 46;

/** Names and values, the largest first; of more than `MOST` the rest as one. */
export function linesOf(names: readonly string[], values: readonly number[]): [name: string, value: number][] {
  const order = [...values.keys()].sort(
    (a, b) => Math.abs(values[b] as number) - Math.abs(values[a] as number) || a - b,
  );
  const line = (f: number): [string, number] => [names[f] ?? String(f), values[f] as number];
  if (order.length <= MOST) return order.map(line);
  const rest = order.slice(MOST - 1);
  const sum = rest.reduce((total, f) => total + (values[f] as number), 0);
  return [...order.slice(0, MOST - 1).map(line), [`${rest.length} other features`, sum]];
}

export const barChart: AttributionDrawing = {
  width: NAMES + GAP + BARS + 2 * NUMBERS,
  height: (input) => LINE * (input.kind === 'tabular' ? Math.min(MOST, input.features.length) : 0),
  content: ({ features = [], values }, _, { x, top }) => {
    const lines = linesOf(features, values);
    const largest = Math.max(...lines.map(([, value]) => Math.abs(value)));
    const axis = x + NAMES + GAP + NUMBERS + BARS / 2;
    const scale = { axis, unit: largest === 0 ? 0 : BARS / 2 / largest };
    return [
      lineAt([axis, top], [axis, top + lines.length * LINE], COLOURS.line),
      ...lines.flatMap(([name, value], i) => {
        const middle = top + (i + 0.5) * LINE;
        return [
          textAt(x, middle + 4, fitted(name, NAMES, NAME), NAME),
          barAt(value, name, scale, middle, { thickness: 12 }),
          barLabel(value, scale, middle, { size: TEXT.small }),
        ];
      }),
    ];
  },
};
