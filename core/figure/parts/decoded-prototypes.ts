import { staticOf } from '../../artefacts/static-content.ts';
import type { ImageInput } from '../../images/prepare.ts';
import { middleOf, type Part } from '../column.ts';
import { HEADER_LINE } from '../layout.ts';
import { textAt } from '../svg.ts';
import { TITLE, tileRow, tilesFor, titleWidth } from './tile.ts';

/**
 * The prototype that a concept is, as the model's own decoder draws it: one image a concept, the same for every input
 * (Li et al. 2018, "Deep Learning for Case-Based Reasoning through Prototypes", fig. 2).
 */

const TITLES = ['prototype', 'as decoded'] as const;

const images: Part = ({ manifest, statics: { decodedPrototypes: content } }) => {
  const counts = manifest.concepts.map(() => 1);
  const tiles = tilesFor(manifest.input as ImageInput);
  return {
    width: Math.max(tiles.width, titleWidth(...TITLES)),
    rowHeight: tiles.height,
    caption: 'Its decoded prototype is what the model itself draws of it.',
    header: (_, x, y) => TITLES.map((title, i) => textAt(x, y + i * HEADER_LINE, title, TITLE)),
    content: (_, x, rows, encode) =>
      rows.concepts.flatMap((k) =>
        content === undefined
          ? []
          : tileRow(staticOf(content, counts, k), { tiles, x, middle: middleOf(rows, k) }, encode),
      ),
  };
};

/** Of tables there is no picture. */
export const decodedPrototypes = { image: images, tabular: (() => undefined) satisfies Part };
