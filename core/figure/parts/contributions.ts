import { signed } from '../../text/format.ts';
import { bottomOf, foldedName, middleOf, middleOfFolded, type Part, type Rows } from '../column.ts';
import { BASELINE, HEADER_LINE, SUMS_HEIGHT } from '../layout.ts';
import { COLOURS } from '../palette.ts';
import type { ComparedPanel, Subject } from '../panel.ts';
import { barDomain, contributionsTo } from '../series.ts';
import { lineAt, rectangleAt, textAt } from '../svg.ts';
import { BOLD, clampedWidth, fitted, TEXT } from '../text.ts';
import { barAt, type Scale } from './bar.ts';
import { TITLE } from './tile.ts';

/**
 * What each concept does to the margin between the predicted class and the one that it is set beside: a bar a concept, to
 * the right where it speaks for the predicted class, to the left where it speaks against it; and the two contributions
 * that the bar is the difference of, with their sums, which are the logits.
 */

const WIDTH = { image: { least: 280, most: 360 }, tabular: { least: 320, most: 400 } } as const;
/** Room for the figure, and the word below it, at the end of the longest bar. */
const FIGURE_WIDTH = 58;
const LABEL_AIR = 6;
const THICKNESS = 18;
/** Of the key to the bars. */
const SWATCH = { width: 14, height: 10, air: 7 } as const;
const KEY = { size: TEXT.label, fill: COLOURS.quiet } as const;
const KEY_INDENT = SWATCH.width + SWATCH.air;
/** Of a contribution in figures; as wide as the class's name over it. */
const NUMBER_WIDTH = { least: 58, most: 100 } as const;
const NUMBER_GAP = 12;
/** From the figure at the end of a bar up, and from the word below it down, to their baselines. */
const [NUMBER_UP, WORD_DOWN] = [1, 12];
const WORD = { size: TEXT.small, weight: BOLD } as const;

const CAPTION =
  'The bar of a concept is its contribution to the predicted class less that to the class that it is set beside: to the ' +
  'right it speaks for the predicted class, to the left against it. Those that decide are marked: the fewest without which ' +
  'the predicted class would be ahead of the other no longer. Beside the bars stand the two contributions; those to a ' +
  'class sum to its logit.';

const quoted = (label: string): string => `“${label}”`;
const speaking = { for: (a: string) => `→ for ${a}`, against: (a: string, b: string) => `← for ${b}, against ${a}` };

/** What is drawn in a row: of a concept, or of all that share it. */
interface Row {
  readonly name: string;
  readonly value: number;
  readonly isDeciding: boolean;
  /** To the class that is ahead, and to the other one. */
  readonly contributions: readonly number[];
  readonly middle: number;
}

const sumOf = (indices: readonly number[], values: readonly number[]): number =>
  indices.reduce((sum, k) => sum + (values[k] as number), 0);

/** The rows of a panel, that of the concepts that hardly matter with their sums. */
function rowsOf({ concepts }: Subject, { prediction, comparison }: ComparedPanel, rows: Rows): Row[] {
  const { ahead, behind, differences, deciding } = comparison;
  const row = (indices: readonly number[], name: string, middle: number): Row => ({
    name,
    value: sumOf(indices, differences),
    isDeciding: indices.some((k) => deciding.includes(k)),
    contributions: [ahead, behind].map((c) => sumOf(indices, contributionsTo(prediction, c))),
    middle,
  });
  const folded = middleOfFolded(rows);
  return [
    ...rows.concepts.map((k) => row([k], concepts[k]?.name as string, middleOf(rows, k))),
    ...(folded === undefined ? [] : [row(rows.folded, foldedName(rows), folded)]),
  ];
}

/** From the lowest to the highest difference, and room for the figures at their ends. */
function scaleOf(differences: readonly number[], x: number, width: number): Scale {
  const [lowest, highest] = barDomain(differences);
  const left = lowest < 0 ? FIGURE_WIDTH : 0;
  const unit = (width - FIGURE_WIDTH - left) / (highest - lowest || 1);
  return { axis: x + left - lowest * unit, unit };
}

/** The figure at the end of a bar, and below it whether the row decides, or speaks against the class. */
function labels({ value, isDeciding, middle }: Row, { axis, unit }: Scale): string[] {
  const word = isDeciding ? 'decides' : value < 0 ? 'against' : undefined;
  const [sign, anchor] = value < 0 ? ([-1, 'end'] as const) : ([1, 'start'] as const);
  const x = axis + sign * (Math.abs(value) * unit + LABEL_AIR);
  const number = { weight: isDeciding ? BOLD : 400, anchor } as const;
  if (word === undefined) return [textAt(x, middle + BASELINE * TEXT.body, signed(value), number)];
  const fill = isDeciding ? COLOURS.text : COLOURS.against;
  return [
    textAt(x, middle - NUMBER_UP, signed(value), number),
    textAt(x, middle + WORD_DOWN, word, { ...WORD, fill, anchor }),
  ];
}

export const contributions: Part = ({ manifest }) => {
  const { classes } = manifest;
  const { least, most } = WIDTH[manifest.input.kind];
  const keys = classes.map((label) => speaking.against(quoted(label), quoted(label)));
  const room = { least: least - KEY_INDENT, most: most - KEY_INDENT };
  const width = KEY_INDENT + clampedWidth(keys, KEY, room);
  const numberWidth = clampedWidth(classes.map(quoted), TITLE, NUMBER_WIDTH);
  const numbersWidth = 2 * (numberWidth + NUMBER_GAP);

  /** What the bars are. @param y baseline of the first line */
  const key = ({ comparison: { ahead, behind } }: ComparedPanel, x: number, y: number): string[] => {
    const [a, b] = [ahead, behind].map((c) => quoted(classes[c] as string)) as [string, string];
    const lines = [
      { colour: COLOURS.for, text: speaking.for(a) },
      { colour: COLOURS.against, text: speaking.against(a, b) },
    ];
    return lines.flatMap(({ colour, text }, i) => {
      const baseline = y + i * HEADER_LINE;
      const swatch = { x, y: baseline - SWATCH.height + 1, width: SWATCH.width, height: SWATCH.height };
      return [
        rectangleAt(swatch, { fill: colour }),
        textAt(x + KEY_INDENT, baseline, fitted(text, width - KEY_INDENT, KEY), KEY),
      ];
    });
  };

  /** The contributions to each of the two classes in figures, and below the rows their sums. */
  const numbers = (
    { prediction, comparison }: ComparedPanel,
    drawn: readonly Row[],
    x: number,
    bottom: number,
  ): string[] =>
    [comparison.ahead, comparison.behind].flatMap((c, i) => {
      const right = x + width + (i + 1) * (numberWidth + NUMBER_GAP);
      const sum = { weight: BOLD, anchor: 'end' } as const;
      return [
        ...drawn.map(({ contributions, middle }) => {
          const baseline = middle + BASELINE * TEXT.label;
          return textAt(right, baseline, signed(contributions[i] as number), { ...TITLE, anchor: 'end' });
        }),
        textAt(right, bottom + SUMS_HEIGHT - 6, signed(prediction.logits[c] as number), sum),
      ];
    });

  return {
    width: width + numbersWidth,
    rowHeight: 2 * THICKNESS,
    caption: CAPTION,
    header: (panel, x, y) => [
      ...key(panel, x, y),
      textAt(x + width + numbersWidth, y, 'contribution to', { ...TITLE, anchor: 'end' }),
      ...[panel.comparison.ahead, panel.comparison.behind].map((c, i) => {
        const right = x + width + (i + 1) * (numberWidth + NUMBER_GAP);
        const label = fitted(quoted(classes[c] as string), numberWidth, TITLE);
        return textAt(right, y + HEADER_LINE, label, { ...TITLE, anchor: 'end' });
      }),
    ],
    content: (panel, x, rows) => {
      const { comparison } = panel;
      const drawn = rowsOf(manifest, panel, rows);
      const values = drawn.map(({ value }) => value);
      const scale = scaleOf(values, x, width);
      const { axis } = scale;
      const sum = `sum: ahead by ${comparison.margin.toFixed(2)}`;
      return [
        ...drawn.flatMap((row) => [
          barAt(row.value, row.name, scale, row.middle, { thickness: THICKNESS }),
          ...labels(row, scale),
        ]),
        lineAt([axis, rows.top], [axis, bottomOf(rows)], COLOURS.quiet),
        textAt(x, bottomOf(rows) + SUMS_HEIGHT - 6, fitted(sum, width, { weight: BOLD }), { weight: BOLD }),
        ...numbers(panel, drawn, x, bottomOf(rows)),
      ];
    },
  };
};
