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
const MIDDLE = { width: 124, air: 10, track: 100, up: 10, down: 4 } as const;
const TICK = 5;
const WORD = { size: TEXT.small, weight: BOLD } as const;
/** Of a mark's label: its width at most, and the room that two need. */
const MARK = { most: 44, room: 13 } as const;

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

/** Where a class lies on average on a line. */
export interface ClassMark {
  readonly text: string;
  readonly isAhead: boolean;
  /** In [0, 1] from left to right. */
  readonly place: number;
}

/** Where the two classes lie in concept k on average, from left to right; those of which it is known. */
export function classMarks(
  { classes, concepts, profiles }: Pick<Manifest, 'classes' | 'concepts' | 'profiles'>,
  { ahead, behind }: Pick<Comparison, 'ahead' | 'behind'>,
  k: number,
  right: End,
): ClassMark[] {
  return [behind, ahead]
    .flatMap((c) => {
      const mean = profiles?.[c]?.concepts[k]?.mean;
      if (mean === undefined) return [];
      return [
        { text: classes[c] as string, isAhead: c === ahead, place: placeToward(concepts[k] as Concept, mean, right) },
      ];
    })
    .sort((a, b) => a.place - b.place);
}

/** Where an activation lies on a line whose right end is `right`, in [0, 1]. */
export function placeToward(concept: Concept, activation: number, right: End): number {
  const place = placeOf(concept, activation);
  return right === 'high' ? place : 1 - place;
}

/** Where the labels of marks go: at their places, moved apart where two would lie on each other. @param room of one, as a share */
export function labelPlaces(marks: readonly ClassMark[], room: number): number[] {
  const places = marks.map(({ place }) => place);
  const [left, right] = places;
  const lacking = left === undefined || right === undefined ? 0 : room - (right - left);
  return lacking > 0 ? [(left as number) - lacking / 2, (right as number) + lacking / 2] : places;
}

/** The marks on the line, and their labels below it. */
function marksAt(
  { x, y, width }: { readonly x: number; readonly y: number; readonly width: number },
  marks: readonly ClassMark[],
): string[] {
  const labels = labelPlaces(marks, MARK.room / width);
  return marks.flatMap(({ text, isAhead, place }, i) => {
    const fill = isAhead ? COLOURS.for : COLOURS.against;
    const at = x + place * width;
    return [
      lineAt([at, y - TICK], [at, y + TICK], fill, { 'stroke-width': 2 }),
      textAt(x + (labels[i] as number) * width, y + WORD.size + TICK, fitted(text, MARK.most, WORD), {
        ...WORD,
        fill,
        anchor: 'middle',
      }),
    ];
  });
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
        return [
          ...sides,
          textAt(x + middleAt + MIDDLE.width / 2, middle - MIDDLE.up + BASELINE * WORD.size, words, {
            ...WORD,
            anchor: 'middle',
          }),
          ...marksAt(line, classMarks(manifest, comparison, k, right)),
          ...trackAt(line, placeToward(concept, activation, right), [0, 1], COLOURS.text),
        ];
      }),
  };
};
