import { prototypesOf } from '../../../core/artefacts/prototypes.ts';
import { traversalRadius } from '../../../core/artefacts/traversals.ts';
import { quantity, signed } from '../../../core/format.ts';
import type { Manifest } from '../../../core/manifest.ts';
import type { TabularInput } from '../../../core/tables/features.ts';
import { shortestDecimal } from '../../../core/tables/float32.ts';
import { movedLines, prototypeLines } from '../../../core/tables/moved-features.ts';
import { featuresOfConcepts } from '../../../core/tables/named-concepts.ts';
import { rangeWarnings } from '../../../core/tables/range-warnings.ts';
import { barsWidth } from './bars.ts';
import { CLASS_LINE, likeliestClasses } from './classes.ts';
import { COLUMN_GAP, type Frame, MARGIN, widthOf } from './layout.ts';
import type { DrawingOf, Panel } from './panel.ts';
import { COLOURS, fitted, lineAt, textAt, textWidth } from './svg.ts';

const SIDE_WIDTH = 240;
const BAR_WIDTH = { least: 320, most: 400 } as const;
const NAME_WIDTH = { least: 90, most: 330 } as const;
const VALUE_WIDTH = 120;
const MOVED_WIDTH = 230;
const PROTOTYPES_WIDTH = 200;
/** Features that are no concepts: at most so many lines, and the height of one. */
const MOST_LINES = 14;
const LINE = 17;
const ROW_PITCH = 42;
const NAME = { weight: 600 } as const;
const SMALL = { size: 12, fill: COLOURS.quiet } as const;
const WARNED = { size: 11, fill: COLOURS.against } as const;

type Feature = TabularInput['features'][number];

/** Whether some concept is neither a feature nor constant, so that decoding it says something. */
function hasLearned(manifest: Manifest): boolean {
  const features = featuresOfConcepts(manifest);
  return manifest.concepts.some(({ quantiles }, k) => features[k] === undefined && traversalRadius(quantiles) > 0);
}

/**
 * A row of a table: the likeliest classes and the features that are no concepts themselves; beside it one row a
 * concept, with the value of its feature, or of a learned concept the activation and the features that follow it.
 */
export const tableDrawing: DrawingOf = ({ manifest, prototypes }) => {
  const { concepts } = manifest;
  const input = manifest.input as TabularInput;
  const featureOf = featuresOfConcepts(manifest);
  const others = input.features.map((_, f) => f).filter((f) => !featureOf.includes(f));
  const widest = Math.max(...concepts.map(({ name }) => textWidth(name, NAME)));
  const nameWidth = Math.min(NAME_WIDTH.most, Math.max(NAME_WIDTH.least, widest));
  const nameX = MARGIN + SIDE_WIDTH + COLUMN_GAP;
  const valueX = nameX + nameWidth + VALUE_WIDTH;
  const movedX = valueX + COLUMN_GAP;
  const learned = hasLearned(manifest);
  const prototypesX = movedX + MOVED_WIDTH + COLUMN_GAP;
  const pictured = learned && manifest.artefacts.includes('prototypes');
  const listed = Math.min(others.length, MOST_LINES);
  const frame: Frame = {
    rowPitch: ROW_PITCH,
    rowHeight: ROW_PITCH - 4,
    rows: concepts.length,
    sideHeight: 3 * CLASS_LINE + (listed + 1) * LINE,
    barX: [
      { shown: learned, width: MOVED_WIDTH },
      { shown: pictured, width: PROTOTYPES_WIDTH },
    ].reduce((x, { shown, width }) => (shown ? x + width + COLUMN_GAP : x), movedX),
    barWidth: barsWidth(manifest.classes, BAR_WIDTH),
  };

  /** A feature's value with its unit, and the range it was trained on where it lies outside. */
  const featureValue = ({ input: { data } }: Panel, f: number): { text: string; trainedOn: string | undefined } => {
    const { name, unit } = input.features[f] as Feature;
    const outside = rangeWarnings(data, input).find(({ feature }) => feature === name);
    return {
      text: quantity(shortestDecimal(data[f] as number), unit),
      trainedOn: outside && `trained on ${outside.range.map((bound) => quantity(bound)).join(' to ')}`,
    };
  };

  const sideColumn = (panel: Panel, top: number): string[] => {
    const y = top + 3 * CLASS_LINE + LINE;
    const lines = others.map((f) => {
      const { text, trainedOn } = featureValue(panel, f);
      const line = `${input.features[f]?.name}: ${text}${trainedOn === undefined ? '' : `, ${trainedOn}`}`;
      return { line, style: trainedOn === undefined ? SMALL : WARNED };
    });
    const rest = { line: `and ${lines.length - listed + 1} more`, style: SMALL };
    const shown = lines.length > listed ? [...lines.slice(0, listed - 1), rest] : lines;
    return [
      ...likeliestClasses(manifest, panel.prediction, [MARGIN, SIDE_WIDTH], top + 15),
      ...shown.map(({ line, style }, i) => textAt(MARGIN, y + i * LINE, fitted(line, SIDE_WIDTH, style), style)),
    ];
  };

  const valueCell = (panel: Panel, k: number, middle: number): string[] => {
    const f = featureOf[k];
    const activation = { text: signed(panel.prediction.concepts[k] as number), trainedOn: undefined };
    const { text, trainedOn } = f === undefined ? activation : featureValue(panel, f);
    const baseline = middle + (trainedOn === undefined ? 4.5 : -2);
    const style = { fill: trainedOn === undefined ? COLOURS.text : COLOURS.against, anchor: 'end' } as const;
    return [
      textAt(valueX, baseline, fitted(text, VALUE_WIDTH), style),
      ...(trainedOn === undefined ? [] : [textAt(valueX, middle + 11, trainedOn, { ...WARNED, anchor: 'end' })]),
    ];
  };

  const linesAt = (x: number, middle: number, width: number, lines: readonly string[]): string[] => {
    const first = middle + 4.5 - (lines.length - 1) * 7.5;
    return lines.map((line, i) => textAt(x, first + i * 15, fitted(line, width, SMALL), SMALL));
  };

  /** The features that follow a learned concept, and where they lie among its prototypes. */
  const learnedCells = ({ prediction }: Panel, k: number, middle: number): string[] => {
    const traversal = prediction.traversals[k];
    if (featureOf[k] !== undefined || traversal === undefined) return [];
    const own = pictured && prototypes !== undefined ? prototypesOf(prototypes, manifest, k) : undefined;
    return [
      ...linesAt(movedX, middle, MOVED_WIDTH, movedLines(traversal, input)),
      ...(own === undefined
        ? []
        : linesAt(prototypesX, middle, PROTOTYPES_WIDTH, prototypeLines(traversal, own, input))),
    ];
  };

  const conceptRow = (panel: Panel, k: number, top: number): string[] => {
    const y = top + k * ROW_PITCH;
    const middle = y + frame.rowHeight / 2;
    const rule = y - (ROW_PITCH - frame.rowHeight) / 2;
    return [
      ...(k === 0 ? [] : [lineAt([nameX, rule], [widthOf(frame) - MARGIN, rule], COLOURS.line)]),
      textAt(nameX, middle + 4.5, fitted(concepts[k]?.name as string, nameWidth, NAME), NAME),
      ...valueCell(panel, k, middle),
      ...(learned ? learnedCells(panel, k, middle) : []),
    ];
  };

  return {
    frame,
    header: (y) => [
      textAt(MARGIN, y, 'prediction', SMALL),
      textAt(nameX, y, 'concept', SMALL),
      textAt(valueX, y, 'value', { ...SMALL, anchor: 'end' }),
      ...(learned ? [textAt(movedX, y, 'decoded with this concept moved', SMALL)] : []),
      ...(pictured ? [textAt(prototypesX, y, 'in its prototypes', SMALL)] : []),
    ],
    content: (panel, top) => [...sideColumn(panel, top), ...concepts.flatMap((_, k) => conceptRow(panel, k, top))],
  };
};
