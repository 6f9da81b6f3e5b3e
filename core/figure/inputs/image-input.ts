import type { ImageInput } from '../../images/prepare.ts';
import type { Concept } from '../../manifest.ts';
import { signed } from '../../text/format.ts';
import { middleOf } from '../column.ts';
import { TITLE, tilesFor } from '../parts/tile.ts';
import { textAt } from '../svg.ts';
import { clampedWidth } from '../text.ts';
import { conceptName, foldedRow, NAME } from './concept-name.ts';
import { imageHead } from './image-head.ts';
import type { InputDrawingOf } from './input-drawing.ts';

/** An image, large, over the rows, and in each row the concept's name with its activation. */

/** Of the concepts' names, and what parts them from the images that they stand beside. */
const NAME_WIDTH = { least: 130, most: 206 } as const;
const NAME_GAP = 14;
/** Of a row: two lines of text. */
const LEAST_ROW = 40;

export const imageInput: InputDrawingOf = (model) => {
  const { concepts, input } = model.manifest;
  const nameWidth = clampedWidth(
    concepts.map(({ name }) => name),
    NAME,
    NAME_WIDTH,
  );
  return {
    rowHeight: LEAST_ROW,
    rowGap: tilesFor(input as ImageInput).gap,
    isRuled: false,
    head: imageHead(model),
    concepts: {
      width: nameWidth,
      caption: 'Each row is a concept, with its activation in this input; those that hardly matter share the last one.',
      rowHeight: LEAST_ROW,
      gap: NAME_GAP,
      header: (_, x, y) => [textAt(x + nameWidth, y, 'activation', { ...TITLE, anchor: 'end' })],
      content: (panel, x, rows) => [
        ...rows.concepts.flatMap((k) => {
          const [right, middle] = [x + nameWidth, middleOf(rows, k)];
          return [
            conceptName(concepts[k] as Concept, { x: right, y: middle - 3, width: nameWidth, anchor: 'end' }),
            textAt(right, middle + 14, signed(panel.prediction.concepts[k] as number), { ...TITLE, anchor: 'end' }),
          ];
        }),
        ...foldedRow(model.manifest, panel, rows, { x: x + nameWidth, width: nameWidth, anchor: 'end' }),
      ],
    },
  };
};
