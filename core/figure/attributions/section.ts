import type { AttributionName } from '../../attributions/attribution.ts';
import type { Manifest } from '../../manifest.ts';
import { COLUMN_GAP, MARGIN } from '../layout.ts';
import type { EncodeImage, Panel, Subject } from '../panel.ts';
import { groupOf, textAt } from '../svg.ts';
import { BOLD, fitted, TEXT } from '../text.ts';
import { barChart } from './bar-chart.ts';
import type { AttributionDrawing } from './drawing.ts';
import { heatMap } from './heat-map.ts';

/** Under the rows of a panel: each attribution of its input, side by side. */

const drawings = { image: heatMap, tabular: barChart } satisfies Record<Manifest['input']['kind'], AttributionDrawing>;

const NAME = { weight: BOLD } as const;
const QUIET = { size: TEXT.small } as const;
/** Down to the baselines of the name and of what it says, and to the drawing below them. */
const LINES = { name: 14, what: 30, sum: 45, drawing: 56 } as const;
const AIR_BELOW = 10;

export interface Section {
  readonly width: number;
  readonly height: number;
  content(panel: Panel, top: number, encode: EncodeImage): string[];
}

/** @param names in the order of the columns, at least one */
export function attributionSection({ input }: Pick<Subject, 'input'>, names: readonly AttributionName[]): Section {
  const drawing: AttributionDrawing = drawings[input.kind];
  const { width } = drawing;
  return {
    width: names.length * (width + COLUMN_GAP) - COLUMN_GAP,
    height: LINES.drawing + drawing.height(input) + AIR_BELOW,
    content: (panel, top, encode) =>
      names.flatMap((name, i) => {
        const answer = panel.attributions?.[name];
        if (answer === undefined) return [];
        const x = MARGIN + i * (width + COLUMN_GAP);
        const what = `${answer.explains} of “${answer.class.label}”`;
        const against = `against ${answer.baseline.is}`;
        return groupOf(`${name}: ${what}, ${against}`, [
          textAt(x, top + LINES.name, name, NAME),
          textAt(x, top + LINES.what, fitted(what, width, QUIET), QUIET),
          textAt(x, top + LINES.sum, fitted(against, width, QUIET), QUIET),
          ...drawing.content(answer, panel, { x, top: top + LINES.drawing }, encode),
        ]);
      }),
  };
}
