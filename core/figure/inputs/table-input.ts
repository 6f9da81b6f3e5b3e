import type { Concept } from '../../manifest.ts';
import type { TabularInput } from '../../tables/features.ts';
import { shortestDecimal } from '../../tables/float32.ts';
import { featuresOfConcepts } from '../../tables/named-concepts.ts';
import { rangeWarnings } from '../../tables/range-warnings.ts';
import { quantity, signed } from '../../text/format.ts';
import { CLASSES_HEIGHT, likeliestClasses } from '../classes.ts';
import { middleOf } from '../column.ts';
import { MARGIN } from '../layout.ts';
import { COLOURS } from '../palette.ts';
import type { Panel } from '../panel.ts';
import { REASON_LOOKS, reasonElements, reasonHeight } from '../parts/reason.ts';
import { TITLE } from '../parts/tile.ts';
import { textAt } from '../svg.ts';
import { clampedWidth, fitted, TEXT, textWidth } from '../text.ts';
import { trackAt } from '../track.ts';
import { conceptName, foldedRow, NAME } from './concept-name.ts';
import type { InputDrawingOf } from './input-drawing.ts';
import { warningHeight, warningText } from './warning.ts';

/** A row of a table: its features that are no concepts, and each concept with its feature's value or its activation. */

const SIDE_WIDTH = 240;
const NAME_WIDTH = { least: 90, most: 330 } as const;
const VALUE_WIDTH = 120;
/** Where a value lies in its feature's range: below it, or beside it where there is room. */
const TRACK = { width: 88, below: 12 } as const;
const SMALL_TRACK = { width: 56, air: 8, above: 4 } as const;
/** Features that are no concepts: at most so many lines, and the height of one. */
const MOST_LINES = 14;
const LINE = 17;
const ROW = { height: 38, gap: 4 } as const;
const WARNED = { size: TEXT.small, fill: COLOURS.against } as const;

type Feature = TabularInput['features'][number];

/** A feature's value with its unit, and the range it was trained on where it lies outside. */
function featureValue(input: TabularInput, { input: { data } }: Panel, f: number) {
  const { name, unit, range } = input.features[f] as Feature;
  const value = data[f] as number;
  const outside = rangeWarnings(data, input).find(({ feature }) => feature === name);
  return {
    value,
    range,
    text: quantity(shortestDecimal(value), unit),
    trainedOn: outside && `trained on ${outside.range.map((bound) => quantity(bound)).join(' to ')}`,
  };
}

/** The features of a row that are no concepts, one a line; of many only the first. */
function otherLines(input: TabularInput, others: readonly number[], panel: Panel) {
  const lines = others.map((f) => {
    const { text, trainedOn } = featureValue(input, panel, f);
    const line = `${input.features[f]?.name}: ${text}${trainedOn === undefined ? '' : `, ${trainedOn}`}`;
    return { line, style: trainedOn === undefined ? TITLE : WARNED, f: trainedOn === undefined ? f : undefined };
  });
  if (lines.length <= MOST_LINES) return lines;
  return [
    ...lines.slice(0, MOST_LINES - 1),
    { line: `and ${lines.length - MOST_LINES + 1} more`, style: TITLE, f: undefined },
  ];
}

/** @param taken by the words before it; where they leave no room there is none */
function smallTrack(
  input: TabularInput,
  { input: { data } }: Panel,
  f: number,
  [x, y]: [number, number],
  taken: number,
) {
  const { width, air, above } = SMALL_TRACK;
  if (taken + air + width > SIDE_WIDTH) return [];
  const { range } = input.features[f] as Feature;
  return trackAt({ x: x + SIDE_WIDTH - width, y: y - above, width }, data[f] as number, range);
}

/** The value of concept k's feature above where it lies in its range, or a warning; of a learned concept the activation. */
function valueCell(input: TabularInput, f: number | undefined, panel: Panel, k: number, [x, y]: [number, number]) {
  if (f === undefined) {
    return [textAt(x, y + 4.5, signed(panel.prediction.concepts[k] as number), { anchor: 'end' })];
  }
  const { text, trainedOn, value, range } = featureValue(input, panel, f);
  const fill = trainedOn === undefined ? COLOURS.text : COLOURS.against;
  const below =
    trainedOn === undefined
      ? trackAt({ x: x - TRACK.width, y: y + TRACK.below, width: TRACK.width }, value, range)
      : [textAt(x, y + TRACK.below, trainedOn, { ...WARNED, anchor: 'end' })];
  const baseline = y + (trainedOn === undefined ? 1 : -2);
  return [textAt(x, baseline, fitted(text, VALUE_WIDTH), { fill, anchor: 'end' }), ...below];
}

export const tableInput: InputDrawingOf = ({ manifest }) => {
  const { concepts, classes } = manifest;
  const input = manifest.input as TabularInput;
  const featureOf = featuresOfConcepts(manifest);
  const others = input.features.map((_, f) => f).filter((f) => !featureOf.includes(f));
  const nameWidth = clampedWidth(
    concepts.map(({ name }) => name),
    NAME,
    NAME_WIDTH,
  );
  const width = nameWidth + VALUE_WIDTH;
  return {
    rowHeight: ROW.height,
    rowGap: ROW.gap,
    isRuled: true,
    head: {
      width: 0,
      height: reasonHeight(REASON_LOOKS.alone),
      content: (_, reason, place) => [...reasonElements(reason, REASON_LOOKS.alone, { x: MARGIN, ...place }).elements],
    },
    side: {
      width: SIDE_WIDTH,
      height: CLASSES_HEIGHT + (Math.min(others.length, MOST_LINES) + 1) * LINE + warningHeight(manifest),
      title: 'prediction',
      content: (panel, x, top) => [
        ...likeliestClasses(classes, panel.prediction, { x, y: top + 15, width: SIDE_WIDTH }),
        ...otherLines(input, others, panel).flatMap(({ line, style, f }, i) => {
          const y = top + CLASSES_HEIGHT + (i + 1) * LINE;
          return [
            textAt(x, y, fitted(line, SIDE_WIDTH, style), style),
            ...(f === undefined ? [] : smallTrack(input, panel, f, [x, y], textWidth(line, style))),
          ];
        }),
        ...warningText(manifest, panel.prediction, {
          x,
          y: top + CLASSES_HEIGHT + (Math.min(others.length, MOST_LINES) + 0.5) * LINE,
          width: SIDE_WIDTH,
        }),
      ],
    },
    concepts: {
      width,
      caption:
        'Each row is a concept: a feature with its value, or a concept that the model has learned; those that hardly matter share the last one.',
      rowHeight: ROW.height,
      header: (_, x, y) => [textAt(x, y, 'concept', TITLE), textAt(x + width, y, 'value', { ...TITLE, anchor: 'end' })],
      content: (panel, x, rows) => [
        ...rows.concepts.flatMap((k) => [
          conceptName(concepts[k] as Concept, { x, y: middleOf(rows, k) + 4.5, width: nameWidth, anchor: 'start' }),
          ...valueCell(input, featureOf[k], panel, k, [x + width, middleOf(rows, k)]),
        ]),
        ...foldedRow(manifest, panel, rows, { x, width: nameWidth, anchor: 'start' }),
      ],
    },
  };
};
