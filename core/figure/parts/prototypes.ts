import { END_WORDS, type End, endShown, hasTwoEnds, prototypesAt } from '../../artefacts/ends/end.ts';
import { prototypesAtEnd } from '../../artefacts/prototypes.ts';
import type { ImageInput } from '../../images/prepare.ts';
import type { Concept } from '../../manifest.ts';
import type { TabularInput } from '../../tables/features.ts';
import { prototypeLines } from '../../tables/moved-features.ts';
import { batchSize, sliceRows } from '../../tensor.ts';
import { prototypeLabel } from '../aria-labels.ts';
import { middleOf, type Part } from '../column.ts';
import { BASELINE, HEADER_LINE } from '../layout.ts';
import { COLOURS } from '../palette.ts';
import type { Subject } from '../panel.ts';
import { textAt } from '../svg.ts';
import { TEXT } from '../text.ts';
import { learnedConcepts, linesAt } from './lines.ts';
import { TITLE, tileRow, tilesFor, titleWidth } from './tile.ts';

/**
 * The training inputs at the end of each concept that the input lies towards, those that activate it most or least:
 * images, or where the features that follow it lie among them. A model without the low end shows the high one.
 */

/** Of a concept, so many. */
export const PROTOTYPES_SHOWN = 3;
const TITLES = { one: ['prototypes', 'activate it most'], two: ['prototypes', 'at this input’s end'] } as const;
const CAPTIONS = {
  one: 'Its prototypes are the training inputs that activate it most.',
  two: 'Its prototypes are training inputs at the end of the concept that this input lies towards: those that activate it most (highest) where its activation is above the training mean, else those that activate it least (lowest).',
} as const;
const LINES = {
  one: { title: 'in its prototypes', width: 200 },
  two: { title: 'in its prototypes, highest or lowest', width: 240 },
} as const;
const LINES_CAPTIONS = {
  one: 'Where those features lie among its prototypes, the training rows that activate it most, stands there too.',
  two: 'Where those features lie among its prototypes stands there too: the training rows that activate it most (highest) where its activation is above the training mean, else those that activate it least (lowest).',
} as const;

/** What a caption adds where the training rows are people. */
const OF_PEOPLE = ' Each of them is the mean of a group of people, not a row of one.';

/** Which end stands beside the images, where it depends on the input. */
const END = { size: TEXT.small, fill: COLOURS.quiet } as const;
const END_AIR = 6;

/** How many prototypes of an end of concept k are shown: what the manifest promises, whether they are at hand or not. */
function promisedAt({ artefacts, concepts }: Pick<Subject, 'artefacts' | 'concepts'>, k: number, end: End): number {
  if (!artefacts.includes(end === 'high' ? 'prototypes' : 'lowPrototypes')) return 0;
  return Math.min(PROTOTYPES_SHOWN, prototypesAt(concepts[k] as Concept, end).count);
}

const strips: Part = ({ manifest, statics }) => {
  const { concepts } = manifest;
  const ends: End[] = ['high', 'low'];
  const most = Math.max(...concepts.flatMap((_, k) => ends.map((end) => promisedAt(manifest, k, end))));
  if (most === 0) return undefined;
  const isTwo = hasTwoEnds(manifest);
  const titles = TITLES[isTwo ? 'two' : 'one'];
  const tiles = tilesFor(manifest.input as ImageInput);
  const endWidth = isTwo ? END_AIR + titleWidth(...Object.values(END_WORDS)) : 0;
  return {
    width: Math.max(tiles.widthOf(most) + endWidth, titleWidth(...titles)),
    rowHeight: tiles.height,
    caption: CAPTIONS[isTwo ? 'two' : 'one'],
    header: (_, x, y) => titles.map((title, i) => textAt(x, y + i * HEADER_LINE, title, TITLE)),
    content: ({ prediction }, x, rows, encode) =>
      concepts.flatMap((concept, k) => {
        const end = endShown(manifest, k, prediction.concepts[k] as number);
        const own = prototypesAtEnd(statics, manifest, k, end);
        const count = own === undefined ? 0 : Math.min(promisedAt(manifest, k, end), batchSize(own));
        if (own === undefined || count === 0) return [];
        const middle = middleOf(rows, k);
        const { labels } = prototypesAt(concept, end);
        const names = Array.from({ length: count }, (_, p) =>
          prototypeLabel(concept.name, end, manifest.classes[labels?.[p] ?? -1]),
        );
        const word = textAt(x + tiles.widthOf(count) + END_AIR, middle + BASELINE * END.size, END_WORDS[end], END);
        return [
          ...tileRow(sliceRows(own, 0, count), { tiles, x, middle }, encode, isTwo ? names : []),
          ...(isTwo ? [word] : []),
        ];
      }),
  };
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
        .filter(({ concept }) => learned[concept])
        .flatMap((traversal) => {
          const { concept: k } = traversal;
          const end = endShown(manifest, k, prediction.concepts[k] as number);
          const own = prototypesAtEnd(statics, manifest, k, end);
          if (own === undefined) return [];
          const [first, ...lines] = prototypeLines(traversal, own, input);
          if (first === undefined) return [];
          const told = [isTwo ? `${END_WORDS[end]}: ${first}` : first, ...lines];
          return linesAt(x, middleOf(rows, k), width, told);
        }),
  };
};

export const prototypes = { image: strips, tabular: ranges };
