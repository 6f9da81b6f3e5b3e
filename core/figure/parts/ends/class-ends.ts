import { classPrototypesAt, classPrototypesOf } from '../../../artefacts/ends/class-prototypes.ts';
import type { End } from '../../../artefacts/ends/end.ts';
import type { ImageInput } from '../../../images/prepare.ts';
import type { Concept, Manifest } from '../../../manifest.ts';
import type { Comparison } from '../../../reasons/comparison.ts';
import { leaningOf, leaningWords, placeOf } from '../../../reasons/leaning.ts';
import { batchSize, sliceRows } from '../../../tensor.ts';
import { prototypeLabel } from '../../aria-labels.ts';
import { middleOf, type Part } from '../../column.ts';
import { BASELINE, HEADER_LINE } from '../../layout.ts';
import { COLOURS } from '../../palette.ts';
import type { FigureModel, Subject } from '../../panel.ts';
import { lineAt, textAt } from '../../svg.ts';
import { BOLD, fitted, TEXT, type TextStyle } from '../../text.ts';
import { trackAt } from '../../track.ts';
import { TITLE, tileRow, tilesFor, titleWidth } from '../tile.ts';

/**
 * Each concept between the two classes that are set beside each other: to the right training inputs of the class that is
 * ahead, at the end of the concept that speaks for it, to the left those of the other class at the other end, and between them
 * where this input lies, and where each class does on average. So right is for the class that is ahead, as with the bars.
 */

/** Of a class, so many. */
export const CLASS_PROTOTYPES_SHOWN = 3;
const CAPTION =
  'To the right are training inputs of the class that is ahead, those farthest out where the concept speaks for it, to the left those of the other class. The dot between them is this input; the marks below are where each class is on average.';
/** Between the two sides, where the input lies. */
const MIDDLE = { width: 124, air: 10, track: 100, up: 10, down: 4, marks: 20 } as const;
const TICK = 5;
const WORD = { size: TEXT.small, weight: BOLD } as const;
const MARK = { size: TEXT.small, weight: BOLD, room: 13, most: 44 } as const;

/** Which end of concept k lies to the right: the one that speaks for the class that is ahead. */
export function endForAhead(
  relevances: readonly (readonly number[])[],
  { ahead, behind }: Pick<Comparison, 'ahead' | 'behind'>,
  k: number,
): End {
  const theta = relevances[k] as readonly number[];
  return (theta[ahead] as number) >= (theta[behind] as number) ? 'high' : 'low';
}

export const otherEnd = (end: End): End => (end === 'high' ? 'low' : 'high');

/** Where a class lies on average on the line, in [0, 1] from left to right; `undefined` where that is not known. */
export function classPlace(
  { concepts, profiles }: Pick<Manifest, 'concepts' | 'profiles'>,
  k: number,
  c: number,
  right: End,
): number | undefined {
  const mean = profiles?.[c]?.concepts[k]?.mean;
  if (mean === undefined) return undefined;
  const place = placeOf(concepts[k] as Concept, mean);
  return right === 'high' ? place : 1 - place;
}

/** Two labels below the line, each at its place, moved apart where they would lie on each other. */
function marksAt(
  { x, y, width }: { readonly x: number; readonly y: number; readonly width: number },
  marks: readonly { readonly text: string; readonly place: number; readonly fill: string }[],
): string[] {
  const sorted = marks.toSorted((a, b) => a.place - b.place).map((mark) => ({ ...mark, at: x + mark.place * width }));
  const [left, right] = sorted;
  const lacking = left && right ? MARK.room - (right.at - left.at) : 0;
  if (left && right && lacking > 0) [left.at, right.at] = [left.at - lacking / 2, right.at + lacking / 2];
  return sorted.flatMap(({ text, place, fill, at }) => [
    lineAt([x + place * width, y - TICK], [x + place * width, y + TICK], fill, { 'stroke-width': 2 }),
    textAt(at, y + MARK.size + TICK, fitted(text, MARK.most, MARK), {
      size: MARK.size,
      weight: BOLD,
      fill,
      anchor: 'middle',
    }),
  ]);
}

/** What stands over a side. */
const TITLE_LINE = 'training images';
export const classEndTitle = (label: string | undefined): string => `${TITLE_LINE} of “${label}”`;

/** Whether a model can show it. */
export const hasClassEnds = ({ artefacts, input }: Pick<Subject, 'artefacts' | 'input'>): boolean =>
  input.kind === 'image' && artefacts.includes('classPrototypes');

const mostAt = (concept: Concept, classes: number): number =>
  Math.min(
    CLASS_PROTOTYPES_SHOWN,
    Math.max(
      ...Array.from({ length: classes }, (_, c) =>
        Math.max(classPrototypesAt(concept, c, 'low').count, classPrototypesAt(concept, c, 'high').count),
      ),
    ),
  );

export const classEnds: Part = (model: FigureModel) => {
  const { manifest, statics } = model;
  const { concepts, classes } = manifest;
  const tiles = tilesFor(manifest.input as ImageInput);
  const side = Math.max(
    tiles.widthOf(Math.max(1, ...concepts.map((concept) => mostAt(concept, classes.length)))),
    titleWidth(TITLE_LINE),
  );
  const titleAt = (c: number, at: number, y: number, look: TextStyle): string[] =>
    [TITLE_LINE, fitted(`of “${classes[c]}”`, side, TITLE)].map((line, i) =>
      textAt(at, y + i * HEADER_LINE, line, { ...TITLE, ...look }),
    );
  const middleAt = side + MIDDLE.air;
  const rightAt = middleAt + MIDDLE.width + MIDDLE.air;
  return {
    width: rightAt + side,
    rowHeight: tiles.height,
    caption: CAPTION,
    header: ({ comparison: { ahead, behind } }, x, y) => [
      ...titleAt(behind, x + side, y, { anchor: 'end', fill: COLOURS.against }),
      textAt(x + middleAt + MIDDLE.width / 2, y + HEADER_LINE, 'this input is', { ...TITLE, anchor: 'middle' }),
      ...titleAt(ahead, x + rightAt, y, { fill: COLOURS.for }),
    ],
    content: ({ prediction, comparison }, x, rows, encode) =>
      rows.concepts.flatMap((k) => {
        const concept = concepts[k] as Concept;
        const middle = middleOf(rows, k);
        const activation = prediction.concepts[k] as number;
        const right = endForAhead(prediction.relevances, comparison, k);
        const sides = [
          { c: comparison.behind, end: otherEnd(right), isRight: false },
          { c: comparison.ahead, end: right, isRight: true },
        ].flatMap(({ c, end, isRight }) => {
          const own = classPrototypesOf(statics, manifest, k, c, end);
          const count = own === undefined ? 0 : Math.min(CLASS_PROTOTYPES_SHOWN, batchSize(own));
          if (own === undefined || count === 0) return [];
          const names = Array.from({ length: count }, () => prototypeLabel(concept.name, end, classes[c]));
          const left = isRight ? x + rightAt : x + side - tiles.widthOf(count);
          return tileRow(sliceRows(own, 0, count), { tiles, x: left, middle }, encode, names);
        });
        const leaning = leaningOf(concept, activation);
        if (leaning === undefined) return sides;
        const words = leaningWords(leaning);
        const line = {
          x: x + middleAt + (MIDDLE.width - MIDDLE.track) / 2,
          y: middle + MIDDLE.down,
          width: MIDDLE.track,
        };
        const place = placeOf(concept, activation);
        const marks = [
          { c: comparison.behind, fill: COLOURS.against },
          { c: comparison.ahead, fill: COLOURS.for },
        ].flatMap(({ c, fill }) => {
          const at = classPlace(manifest, k, c, right);
          return at === undefined ? [] : [{ text: classes[c] as string, place: at, fill }];
        });
        return [
          ...sides,
          textAt(x + middleAt + MIDDLE.width / 2, middle - MIDDLE.up + BASELINE * WORD.size, words, {
            ...WORD,
            anchor: 'middle',
          }),
          ...marksAt(line, marks),
          ...trackAt(line, right === 'high' ? place : 1 - place, [0, 1], COLOURS.text),
        ];
      }),
  };
};
