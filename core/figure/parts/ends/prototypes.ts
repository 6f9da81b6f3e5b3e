import { type End, endOf, hasTwoEnds, prototypesAt } from '../../../artefacts/ends/end.ts';
import { prototypesAtEnd } from '../../../artefacts/prototypes.ts';
import type { ImageInput } from '../../../images/prepare.ts';
import type { Concept } from '../../../manifest.ts';
import { leaningOf, leaningWords, placeOf } from '../../../reasons/leaning.ts';
import type { TabularInput } from '../../../tables/features.ts';
import { prototypeLines } from '../../../tables/moved-features.ts';
import { batchSize, sliceRows, type Tensor } from '../../../tensor.ts';
import { prototypeLabel } from '../../aria-labels.ts';
import { middleOf, type Part } from '../../column.ts';
import { BASELINE, HEADER_LINE } from '../../layout.ts';
import { COLOURS } from '../../palette.ts';
import type { FigureModel, Subject } from '../../panel.ts';
import { element, lineAt, textAt } from '../../svg.ts';
import { BOLD, TEXT, textWidth } from '../../text.ts';
import { trackAt } from '../../track.ts';
import { learnedConcepts, linesAt } from '../lines.ts';
import { TITLE, tileRow, tilesFor, titleWidth } from '../tile.ts';
import { classEnds, hasClassEnds } from './class-ends.ts';

/**
 * The training inputs at the ends of each concept: those that activate it least to the left, those that activate it most
 * to the right, and between them where this input lies. The end that it lies towards is marked and the other one is faint.
 * Of tables, where the features that follow a concept lie at its ends. A model without the low end shows the high one.
 */

/** Of a concept, so many. */
export const PROTOTYPES_SHOWN = 3;
const TITLES = {
  one: ['prototypes', 'activate it most'],
  two: ['examples low in it', 'this input is', 'examples high in it'],
} as const;
const CAPTIONS = {
  one: 'Its prototypes are the training inputs that activate it most.',
  two: 'Its prototypes are the training inputs that activate it least, to the left, and most, to the right. The dot between them is this input, on the range of the middle 90 % of the training inputs; the end that it lies towards is framed, the other one faint.',
} as const;
const LINES = {
  one: { title: 'in its prototypes', width: 200 },
  two: { title: 'at its ends, and where this input is', width: 300 },
} as const;
const LINES_CAPTIONS = {
  one: 'Where those features lie among its prototypes, the training rows that activate it most, stands there too.',
  two: 'Where those features lie among its prototypes stands there too: the training rows that activate it most (high) and least (low); the end that this row lies towards is marked.',
} as const;

/** What a caption adds where the training rows are people. */
const OF_PEOPLE = ' Each of them is the mean of a group of people, not a row of one.';

/** What an end looks like, in the words of whoever told it, under its prototypes. */
const WORDS = { size: TEXT.small, line: 14, drop: 12 } as const;
/** Between the two ends, where the input lies. */
const MIDDLE = { width: 108, air: 10, track: 88, up: 8, down: 10 } as const;
const END = { size: TEXT.small, weight: BOLD } as const;
/** Of the end that the input does not lie towards. */
const FAINT = 0.35;
const FRAME = { stroke: COLOURS.text, 'stroke-width': 2.5, fill: 'none' } as const;

/** How many prototypes of an end of concept k are shown: what the manifest promises, whether they are at hand or not. */
function promisedAt({ artefacts, concepts }: Pick<Subject, 'artefacts' | 'concepts'>, k: number, end: End): number {
  if (!artefacts.includes(end === 'high' ? 'prototypes' : 'lowPrototypes')) return 0;
  return Math.min(PROTOTYPES_SHOWN, prototypesAt(concepts[k] as Concept, end).count);
}

/** The prototypes of one end of a concept that are shown; `undefined` where there are none at hand. */
function shownAt({ manifest, statics }: FigureModel, k: number, end: End): Tensor | undefined {
  const own = prototypesAtEnd(statics, manifest, k, end);
  const count = own === undefined ? 0 : Math.min(promisedAt(manifest, k, end), batchSize(own));
  return own === undefined || count === 0 ? undefined : sliceRows(own, 0, count);
}

/** Of each image, what it is to those who point at it. */
function namesOf({ manifest }: FigureModel, k: number, end: End, count: number): string[] {
  const concept = manifest.concepts[k] as Concept;
  const { labels } = prototypesAt(concept, end);
  return Array.from({ length: count }, (_, p) =>
    prototypeLabel(concept.name, end, manifest.classes[labels?.[p] ?? -1]),
  );
}

/** The high end alone, of a model that has no other. */
const oneEnd: Part = (model) => {
  const { manifest } = model;
  const most = Math.max(...manifest.concepts.map((_, k) => promisedAt(manifest, k, 'high')));
  if (most === 0) return undefined;
  const tiles = tilesFor(manifest.input as ImageInput);
  return {
    width: Math.max(tiles.widthOf(most), titleWidth(...TITLES.one)),
    rowHeight: tiles.height,
    caption: CAPTIONS.one,
    header: (_, x, y) => TITLES.one.map((title, i) => textAt(x, y + i * HEADER_LINE, title, TITLE)),
    content: (_, x, rows, encode) =>
      rows.concepts.flatMap((k) => {
        const own = shownAt(model, k, 'high');
        return own === undefined ? [] : tileRow(own, { tiles, x, middle: middleOf(rows, k) }, encode);
      }),
  };
};

/** Half the height of the mark of the usual activation. */
const TICK = 5;

/**
 * Where an input lies between the ends of a concept: a dot on a line whose middle is the usual activation, and a word with an
 * arrow to the end.
 */
function position(concept: Concept, activation: number, x: number, middle: number): string[] {
  const leaning = leaningOf(concept, activation);
  if (leaning === undefined) return [];
  const words = leaningWords(leaning);
  const line = { x: x + (MIDDLE.width - MIDDLE.track) / 2, y: middle + MIDDLE.down, width: MIDDLE.track };
  return [
    textAt(
      x + MIDDLE.width / 2,
      middle - MIDDLE.up + BASELINE * END.size,
      leaning.end === 'high' ? `${words} →` : `← ${words}`,
      { ...END, anchor: 'middle' },
    ),
    lineAt([line.x + line.width / 2, line.y - TICK], [line.x + line.width / 2, line.y + TICK], COLOURS.quiet),
    ...trackAt(line, placeOf(concept, activation), [0, 1], COLOURS.text),
  ];
}

const OWN_WORDS = { size: WORDS.size, weight: BOLD } as const;

/** @param x where the prototypes end on the side of the input @param y their lower edge */
function wordsOf({ ends }: Concept, end: End, isOwn: boolean, x: number, y: number): string[] {
  if (ends === undefined) return [];
  const anchor = end === 'low' ? 'end' : 'start';
  const style = isOwn ? OWN_WORDS : { size: WORDS.size, fill: COLOURS.quiet };
  return [textAt(x, y + WORDS.drop, ends[end], { ...style, anchor })];
}

const bothEnds: Part = (model) => {
  const { manifest } = model;
  const { concepts } = manifest;
  const tiles = tilesFor(manifest.input as ImageInput);
  const sideOf = (end: End, title: string): number =>
    Math.max(titleWidth(title), ...concepts.map((_, k) => tiles.widthOf(Math.max(1, promisedAt(manifest, k, end)))));
  const [lowTitle, title, highTitle] = TITLES.two;
  const wordsWidth = (end: End): number =>
    Math.max(0, ...concepts.map(({ ends }) => textWidth(ends?.[end] ?? '', OWN_WORDS)));
  const [low, high] = [
    Math.ceil(Math.max(sideOf('low', lowTitle), wordsWidth('low'))),
    Math.ceil(Math.max(sideOf('high', highTitle), wordsWidth('high'))),
  ];
  // the prototypes make room for the words below them
  const lift = concepts.some(({ ends }) => ends !== undefined) ? WORDS.line / 2 : 0;
  const middleAt = low + MIDDLE.air;
  const highAt = middleAt + MIDDLE.width + MIDDLE.air;
  return {
    width: highAt + high,
    rowHeight: tiles.height + 2 * lift,
    caption: CAPTIONS.two,
    header: (_, x, y) => [
      textAt(x + low, y + HEADER_LINE, lowTitle, { ...TITLE, anchor: 'end' }),
      textAt(x + middleAt + MIDDLE.width / 2, y + HEADER_LINE, title, { ...TITLE, anchor: 'middle' }),
      textAt(x + highAt, y + HEADER_LINE, highTitle, TITLE),
    ],
    content: ({ prediction }, x, rows, encode) =>
      rows.concepts.flatMap((k) => {
        const concept = concepts[k] as Concept;
        const middle = middleOf(rows, k) - lift;
        const activation = prediction.concepts[k] as number;
        const toward = endOf(concept, activation);
        const isConstant = leaningOf(concept, activation) === undefined;
        const ends = (['low', 'high'] as const).flatMap((end) => {
          const own = shownAt(model, k, end);
          if (own === undefined) return [];
          const count = batchSize(own);
          const width = tiles.widthOf(count);
          const left = end === 'low' ? x + low - width : x + highAt;
          const names = namesOf(model, k, end, count);
          const row = tileRow(own, { tiles, x: left, middle }, encode, names);
          const isOwn = end === toward || isConstant;
          const words = wordsOf(concept, end, isOwn, x + (end === 'low' ? low : highAt), middle + tiles.height / 2);
          if (!isOwn) return [`<g opacity="${FAINT}">`, ...row, '</g>', ...words];
          const frame = `M${left} ${middle - tiles.height / 2}h${width}v${tiles.height}h-${width}z`;
          return [...row, element('path', { d: frame, ...FRAME }), ...words];
        });
        return [...ends, ...position(concept, activation, x + middleAt, middle)];
      }),
  };
};

const strips: Part = (model, options) => {
  if (hasClassEnds(model.manifest)) return classEnds(model, options);
  return (hasTwoEnds(model.manifest) ? bothEnds : oneEnd)(model, options);
};

const ranges: Part = ({ manifest, statics }) => {
  const learned = learnedConcepts(manifest);
  if (!learned.includes(true) || !manifest.artefacts.includes('prototypes')) return undefined;
  const input = manifest.input as TabularInput;
  const isTwo = hasTwoEnds(manifest);
  const { title, width } = LINES[isTwo ? 'two' : 'one'];
  return {
    width,
    rowHeight: 0,
    caption: `${LINES_CAPTIONS[isTwo ? 'two' : 'one']}${manifest.concepts.some(({ groups }) => groups) ? OF_PEOPLE : ''}`,
    header: (_, x, y) => [textAt(x, y, title, TITLE)],
    content: ({ prediction }, x, rows) =>
      prediction.traversals
        .filter(({ concept }) => learned[concept] && rows.concepts.includes(concept))
        .flatMap((traversal) => {
          const { concept: k } = traversal;
          const middle = middleOf(rows, k);
          const linesOf = (end: End): string[] => {
            const own = prototypesAtEnd(statics, manifest, k, end);
            return own === undefined ? [] : prototypeLines(traversal, own, input);
          };
          if (!isTwo) return linesAt(x, middle, width, linesOf('high'));
          const toward = endOf(manifest.concepts[k] as Concept, prediction.concepts[k] as number);
          const told = (['high', 'low'] as const).flatMap((end) => {
            const features = linesOf(end);
            return features.length === 0 ? [] : [`${end === toward ? '● ' : ''}${end}: ${features.join(', ')}`];
          });
          return linesAt(x, middle, width, told);
        }),
  };
};

export const prototypes = { image: strips, tabular: ranges };
