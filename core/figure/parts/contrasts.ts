import { contrasts as artefact } from '../../artefacts/ends/contrasts.ts';
import { staticOf } from '../../artefacts/static-content.ts';
import type { ImageInput } from '../../images/prepare.ts';
import { concatRows, sliceRows } from '../../tensor.ts';
import { middleOf, type Part } from '../column.ts';
import { HEADER_LINE } from '../layout.ts';
import { textAt } from '../svg.ts';
import { TITLE, tileRow, tilesFor, titleWidth } from './tile.ts';

/**
 * Each concept by contrast: two training inputs that are far apart in it and alike in all others, the low one before the
 * high one, as the images of a traversal stand. What differs between the two is what the concept is. Drawn only where it
 * is asked for, by `explain`: both ends, and the strip, are pictures enough for a first look.
 */

const TITLES = ['alike but', 'low | high in it'] as const;

const pairs: Part = ({ manifest, statics: { contrasts: content } }, { explain = [] }) => {
  if (!explain.includes('contrasts')) return undefined;
  const counts = artefact.file?.counts(manifest) ?? [];
  if (!counts.some((count) => count > 0)) return undefined;
  const tiles = tilesFor(manifest.input as ImageInput);
  return {
    width: Math.max(tiles.widthOf(2), titleWidth(...TITLES)),
    rowHeight: tiles.height,
    caption:
      'Beside them are two training inputs that are far apart in this concept and alike in all others, low and high: what differs between the two is what it is.',
    header: (_, x, y) => TITLES.map((title, i) => textAt(x, y + i * HEADER_LINE, title, TITLE)),
    content: (_, x, rows, encode) =>
      rows.concepts.flatMap((k) => {
        const name = manifest.concepts[k]?.name as string;
        if (content === undefined || (counts[k] ?? 0) < 2) return [];
        const own = staticOf(content, counts, k);
        const pair = concatRows([sliceRows(own, 1, 2), sliceRows(own, 0, 1)]);
        const words = [`low in ${name}`, `high in ${name}, and alike in all other concepts`];
        return tileRow(pair, { tiles, x, middle: middleOf(rows, k) }, encode, words);
      }),
  };
};

/** Rows of a table are compared feature by feature, which no column of a figure has room for. */
export const contrasts = { image: pairs, tabular: (() => undefined) satisfies Part };
