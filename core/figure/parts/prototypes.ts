import { prototypesOf } from '../../artefacts/prototypes.ts';
import type { ImageInput } from '../../images/prepare.ts';
import type { TabularInput } from '../../tables/features.ts';
import { prototypeLines } from '../../tables/moved-features.ts';
import { batchSize, sliceRows } from '../../tensor.ts';
import { middleOf, type Part } from '../column.ts';
import { HEADER_LINE } from '../layout.ts';
import type { Subject } from '../panel.ts';
import { textAt } from '../svg.ts';
import { learnedConcepts, linesAt } from './lines.ts';
import { TITLE, tileRow, tilesFor, titleWidth } from './tile.ts';

/** The training inputs that activate each concept most: images, or where the features that follow it lie among them. */

/** Of a concept, so many. */
export const PROTOTYPES_SHOWN = 3;
const TITLES = ['prototypes', 'activate it most'] as const;
const LINES_TITLE = 'in its prototypes';
const LINES_WIDTH = 200;

/** How many prototypes of concept k are shown: what the manifest promises, whether they are at hand or not. */
export function prototypesShown({ artefacts, concepts }: Pick<Subject, 'artefacts' | 'concepts'>, k: number): number {
  return !artefacts.includes('prototypes') ? 0 : Math.min(PROTOTYPES_SHOWN, concepts[k]?.prototypes.length ?? 0);
}

const strips: Part = ({ manifest, statics: { prototypes } }) => {
  const counts = manifest.concepts.map((_, k) => prototypesShown(manifest, k));
  const most = Math.max(...counts);
  if (most === 0) return undefined;
  const tiles = tilesFor(manifest.input as ImageInput);
  return {
    width: Math.max(tiles.widthOf(most), titleWidth(...TITLES)),
    rowHeight: tiles.height,
    caption: 'Its prototypes are the training inputs that activate it most.',
    header: (_, x, y) => TITLES.map((title, i) => textAt(x, y + i * HEADER_LINE, title, TITLE)),
    content: (_, x, rows, encode) =>
      counts.flatMap((promised, k) => {
        const own = prototypes && prototypesOf(prototypes, manifest, k);
        const count = own === undefined ? 0 : Math.min(promised, batchSize(own));
        if (own === undefined || count === 0) return [];
        return tileRow(sliceRows(own, 0, count), { tiles, x, middle: middleOf(rows, k) }, encode);
      }),
  };
};

const ranges: Part = ({ manifest, statics: { prototypes } }) => {
  const learned = learnedConcepts(manifest);
  if (!learned.includes(true) || !manifest.artefacts.includes('prototypes')) return undefined;
  const input = manifest.input as TabularInput;
  return {
    width: LINES_WIDTH,
    rowHeight: 0,
    caption:
      'Where those features lie among its prototypes, the training rows that activate it most, stands there too.',
    header: (_, x, y) => [textAt(x, y, LINES_TITLE, TITLE)],
    content: ({ prediction }, x, rows) =>
      prediction.traversals
        .filter(({ concept }) => learned[concept])
        .flatMap((traversal) => {
          if (prototypes === undefined) return [];
          const own = prototypesOf(prototypes, manifest, traversal.concept);
          const lines = prototypeLines(traversal, own, input);
          return linesAt(x, middleOf(rows, traversal.concept), LINES_WIDTH, lines);
        }),
  };
};

export const prototypes = { image: strips, tabular: ranges };
