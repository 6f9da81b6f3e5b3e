import type { AttributionAnswer } from '../../attributions/answers/schema.ts';
import { attributionWords, COLOUR_WORDS, outsideClause } from '../../attributions/answers/words.ts';
import type { AttributionName } from '../../attributions/attribution.ts';
import { attributionNames, attributions } from '../../attributions/index.ts';
import type { Manifest } from '../../manifest.ts';
import { COLUMN_GAP, MARGIN } from '../layout.ts';
import { COLOURS } from '../palette.ts';
import type { EncodeImage, Panel, Subject } from '../panel.ts';
import { groupOf, textAt } from '../svg.ts';
import { BOLD, fitted, TEXT, wrapped } from '../text.ts';

import { barChart } from './bar-chart.ts';
import type { AttributionDrawing } from './drawing.ts';
import { heatMap } from './heat-map.ts';

/** Under the rows of a panel: each attribution of its input, side by side. */

const drawings = { image: heatMap, tabular: barChart } satisfies Record<Manifest['input']['kind'], AttributionDrawing>;

const NAME = { weight: BOLD } as const;
const QUIET = { size: TEXT.small, fill: COLOURS.quiet } as const;
/** Down to the baselines of the name and of the first line of words, from line to line, and air over the drawing. */
const LINES = { name: 14, first: 31, line: 15, air: 9 } as const;
/** Of words: an image is narrower than bars with their names. */
const MOST_LINES = { image: 7, tabular: 4 } as const satisfies Record<Manifest['input']['kind'], number>;
const AIR_BELOW = 10;

export interface Section {
  readonly width: number;
  readonly height: number;
  content(panel: Panel, top: number, encode: EncodeImage): string[];
}

/** The last of so many lines is cut. */
function linesOf(words: string, width: number, most: number): string[] {
  const lines = wrapped(words, width, QUIET);
  const last = lines.slice(most - 1).join(' ');
  return lines.length <= most ? lines : [...lines.slice(0, most - 1), fitted(last, width, QUIET)];
}

/** How attributions are read, a sentence each. */
export const attributionCaptions = (names: readonly AttributionName[]): string[] =>
  names.length === 0
    ? []
    : [COLOUR_WORDS, ...names.map((name) => `A value of ${name} is ${attributions[name].means}.`)];

/** What the first of a panel's attributions says, as a clause; of a model that has concepts these say more. */
export function outsideOf(
  { input, concepts }: Subject,
  { input: row, attributions: asked }: Panel,
): string | undefined {
  const [first] = concepts.length > 0 ? [] : attributionNames.filter((name) => asked?.[name] !== undefined);
  return first && outsideClause(input, row.data, first, asked?.[first] as AttributionAnswer);
}

/** @param names in the order of the columns, at least one */
export function attributionSection({ input }: Pick<Subject, 'input'>, names: readonly AttributionName[]): Section {
  const drawing: AttributionDrawing = drawings[input.kind];
  const { width } = drawing;
  const most = MOST_LINES[input.kind];
  const down = LINES.first + (most - 1) * LINES.line + LINES.air;
  return {
    width: names.length * (width + COLUMN_GAP) - COLUMN_GAP,
    height: down + drawing.height(input) + AIR_BELOW,
    content: (panel, top, encode) =>
      names.flatMap((name, i) => {
        const answer = panel.attributions?.[name];
        if (answer === undefined) return [];
        const x = MARGIN + i * (width + COLUMN_GAP);
        const words = attributionWords(name, answer);
        return groupOf(`${name}: ${words}`, [
          textAt(x, top + LINES.name, name, NAME),
          ...linesOf(words, width, most).map((line, l) => textAt(x, top + LINES.first + l * LINES.line, line, QUIET)),
          ...drawing.content(answer, panel, { x, top: top + down }, encode),
        ]);
      }),
  };
}
