import type { ImageInput } from '../../images/prepare.ts';
import { signed } from '../../text/format.ts';
import { CLASSES_HEIGHT, classesWidth, likeliestClasses } from '../classes.ts';
import { middleOf } from '../column.ts';
import { TITLE, tilesFor } from '../parts/tile.ts';
import { type Box, imageAt, textAt, tooltip } from '../svg.ts';
import { clampedWidth, fitted } from '../text.ts';
import { conceptName, NAME } from './concept-name.ts';
import type { InputDrawingOf } from './input-drawing.ts';
import { warningHeight, warningText } from './warning.ts';

/** An image above its likeliest classes, and each concept's name with its activation. */

const SIDE = 140;
/** Of the input and its classes. */
const SIDE_WIDTH = { least: SIDE, most: 240 } as const;
/** From the image to the baseline of the first class, and below the last one. */
const CLASSES_TOP = 26;
const AIR_BELOW = 11;
/** Of the concepts' names, and what parts them from the images that they stand beside. */
const NAME_WIDTH = { least: 90, most: 206 } as const;
const NAME_GAP = 14;
/** Between the input and what it looks like with concepts set, which share its place. */
const BETWEEN = 4;
/** Of a row: two lines of text. */
const LEAST_ROW = 40;

export const imageInput: InputDrawingOf = ({ manifest }) => {
  const { concepts, classes, input } = manifest;
  const width = classesWidth(classes, SIDE_WIDTH);
  const nameWidth = clampedWidth(
    concepts.map(({ name }) => name),
    NAME,
    NAME_WIDTH,
  );
  return {
    rowHeight: LEAST_ROW,
    rowGap: tilesFor(input as ImageInput).gap,
    isRuled: false,
    side: {
      width,
      height: SIDE + CLASSES_TOP + CLASSES_HEIGHT + AIR_BELOW + warningHeight(manifest),
      title: 'input',
      content: (panel, x, top, encode) => {
        const [, H = 1, W = 1] = panel.input.shape;
        const { intervention } = panel.prediction;
        const pictures = intervention === undefined ? [panel.input] : [panel.input, intervention.decoded];
        const names = ['input', `with concepts set; read again: ${intervention?.reread.label}`];
        const side = (SIDE - (pictures.length - 1) * BETWEEN) / pictures.length;
        const shrink = side / Math.max(H, W);
        const boxes = pictures.map((_, i) => ({
          x: x + i * (side + BETWEEN),
          y: top,
          width: W * shrink,
          height: H * shrink,
        }));
        const again = intervention === undefined ? [] : [`read again: ${intervention.reread.label}`];
        return [
          ...pictures.map((picture, i) => imageAt(boxes[i] as Box, encode(picture), tooltip(names[i] as string))),
          ...again.map((text) => textAt(x, top + side + CLASSES_TOP, fitted(text, width, TITLE), TITLE)),
          ...likeliestClasses(classes, panel.prediction, { x, y: top + SIDE + CLASSES_TOP, width }),
          ...warningText(manifest, panel.prediction, { x, y: top + SIDE + CLASSES_TOP + CLASSES_HEIGHT, width }),
        ];
      },
    },
    concepts: {
      width: nameWidth,
      caption: 'Each row is a concept, with its activation in this input.',
      rowHeight: LEAST_ROW,
      gap: NAME_GAP,
      header: (_, x, y) => [textAt(x + nameWidth, y, 'activation', { ...TITLE, anchor: 'end' })],
      content: ({ prediction }, x, rows) =>
        concepts.flatMap((concept, k) => {
          const [right, middle] = [x + nameWidth, middleOf(rows, k)];
          return [
            conceptName(concept, { x: right, y: middle - 3, width: nameWidth, anchor: 'end' }),
            textAt(right, middle + 14, signed(prediction.concepts[k] as number), { ...TITLE, anchor: 'end' }),
          ];
        }),
    },
  };
};
