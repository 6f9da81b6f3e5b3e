import { prototypesOf } from '../../../core/artefacts/prototypes.ts';
import { signed } from '../../../core/format.ts';
import type { ImageInput } from '../../../core/images/prepare.ts';
import { contactSheet } from '../../../core/images/sheet.ts';
import type { Manifest } from '../../../core/manifest.ts';
import type { Traversal } from '../../../core/predictor.ts';
import { batchSize, sliceRows, type Tensor } from '../../../core/tensor.ts';
import { barsWidth } from './bars.ts';
import { classesWidth, likeliestClasses } from './classes.ts';
import { COLUMN_GAP, type Frame, HEADER_LINE, MARGIN } from './layout.ts';
import type { DrawingOf, Panel } from './panel.ts';
import { COLOURS, fitted, imageAt, textAt, textWidth } from './svg.ts';

const INPUT_SIDE = 140;
/** Of the input and its classes. */
const SIDE_WIDTH = { least: INPUT_SIDE, most: 240 } as const;
/** Input, its three likeliest classes, and air. */
const INPUT_HEIGHT = INPUT_SIDE + 100;
const BAR_WIDTH = { least: 240, most: 360 } as const;
/** Of the concepts' names, with what parts them from the strips. */
const LABEL_WIDTH = { least: 104, most: 220, air: 14 } as const;
/** Least side of a traversal image; images are scaled by whole numbers. */
const CELL_SIDE = 52;
/** Of a row: two lines of text. */
const LEAST_ROW = 40;
/** Between the images of a traversal, in pixels of the model. */
const GAP_PIXELS = 2;
const GAP = { pixels: GAP_PIXELS, value: 1 } as const;
/** Of a concept, those that activate it most. */
const PROTOTYPES = 3;
const NAME = { weight: 600 } as const;
const TITLE = { size: 12, fill: COLOURS.quiet } as const;
/** Titles of the columns of images, in two lines. */
const TITLES = {
  prototypes: ['prototypes', 'activate it most'],
  traversal: 'decoded with this concept moved',
  ends: ['− less', 'more +'],
  middle: 'as it is',
} as const;
const titleWidth = (...titles: readonly string[]): number =>
  Math.ceil(Math.max(...titles.map((title) => textWidth(title, TITLE))));

/** How many prototypes a row has room for: what the manifest promises, whether they are at hand or not. */
function prototypesShown({ artefacts, concepts }: Manifest): number {
  if (!artefacts.includes('prototypes')) return 0;
  return Math.min(PROTOTYPES, Math.max(...concepts.map((concept) => concept.prototypes.length)));
}

/**
 * An image, and beside it one row a concept: its activation, its prototypes, and the strip of its decoded traversal,
 * whose middle is as the concept is now.
 */
export const imageDrawing: DrawingOf = (model, { steps }) => {
  const { manifest, prototypes } = model;
  const { concepts } = manifest;
  const { height, width } = manifest.input as ImageInput;
  const scale = Math.max(1, Math.round(CELL_SIDE / width));
  const widest = Math.max(...concepts.map(({ name }) => textWidth(name, NAME))) + LABEL_WIDTH.air;
  const labelWidth = Math.min(LABEL_WIDTH.most, Math.max(LABEL_WIDTH.least, widest));
  const widthOfImages = (count: number): number => (count * (width + GAP_PIXELS) - GAP_PIXELS) * scale;
  const sideWidth = classesWidth(manifest.classes, SIDE_WIDTH);
  const prototypesX = MARGIN + sideWidth + COLUMN_GAP + labelWidth;
  const shown = prototypesShown(manifest);
  const prototypesWidth = Math.max(widthOfImages(shown), titleWidth(...TITLES.prototypes));
  const stripX = prototypesX + (shown === 0 ? 0 : prototypesWidth + COLUMN_GAP);
  const stripWidth = widthOfImages(steps);
  const rowHeight = Math.max(LEAST_ROW, height * scale);
  const frame: Frame = {
    rowPitch: rowHeight + GAP_PIXELS * scale,
    rowHeight,
    rows: concepts.length,
    sideHeight: INPUT_HEIGHT,
    barX: stripX + Math.max(stripWidth, titleWidth(TITLES.traversal)) + COLUMN_GAP,
    barWidth: barsWidth(manifest.classes, BAR_WIDTH),
  };

  const inputColumn = ({ input, prediction }: Panel, top: number): string[] => {
    const [, H = 1, W = 1] = input.shape;
    const shrink = INPUT_SIDE / Math.max(H, W);
    return [
      imageAt(MARGIN, top, W * shrink, H * shrink, input),
      ...likeliestClasses(manifest, prediction, [MARGIN, sideWidth], top + INPUT_SIDE + 26),
    ];
  };
  const strip = (x: number, middle: number, images: Tensor): string =>
    imageAt(
      x,
      middle - (height * scale) / 2,
      widthOfImages(batchSize(images)),
      height * scale,
      contactSheet([images], GAP),
    );
  const prototypeStrip = (k: number, middle: number): string[] => {
    if (prototypes === undefined) return [];
    const own = prototypesOf(prototypes, manifest, k);
    const count = Math.min(shown, batchSize(own));
    return count === 0 ? [] : [strip(prototypesX, middle, sliceRows(own, 0, count))];
  };
  const conceptRow = ({ prediction }: Panel, k: number, middle: number): string[] => {
    const x = prototypesX - LABEL_WIDTH.air;
    const name = fitted(concepts[k]?.name as string, labelWidth - LABEL_WIDTH.air, NAME);
    return [
      textAt(x, middle - 3, name, { ...NAME, anchor: 'end' }),
      textAt(x, middle + 14, signed(prediction.concepts[k] as number), { ...TITLE, anchor: 'end' }),
      ...prototypeStrip(k, middle),
      strip(stripX, middle, (prediction.traversals[k] as Traversal).decoded),
    ];
  };

  /** What the columns of a strip are, as far as there is room: its ends, and the one in the middle. */
  const scaleTitles = (y: number): string[] => {
    const ends = [
      textAt(stripX, y, TITLES.ends[0], TITLE),
      textAt(stripX + stripWidth, y, TITLES.ends[1], { ...TITLE, anchor: 'end' }),
    ];
    const middle = textAt(stripX + stripWidth / 2, y, TITLES.middle, { ...TITLE, anchor: 'middle' });
    const side = titleWidth(...TITLES.ends) + 4;
    return [
      ...(steps > 1 && stripWidth >= 2 * side ? ends : []),
      ...(steps % 2 === 1 && (steps === 1 || stripWidth >= 2 * side + titleWidth(TITLES.middle)) ? [middle] : []),
    ];
  };

  return {
    frame,
    header: (y) => [
      textAt(MARGIN, y, 'input', TITLE),
      textAt(prototypesX - LABEL_WIDTH.air, y, 'activation', { ...TITLE, anchor: 'end' }),
      ...(shown === 0
        ? []
        : TITLES.prototypes.map((title, i) => textAt(prototypesX, y + i * HEADER_LINE, title, TITLE))),
      textAt(stripX, y, TITLES.traversal, TITLE),
      ...scaleTitles(y + HEADER_LINE),
    ],
    content: (panel, top) => [
      ...inputColumn(panel, top),
      ...concepts.flatMap((_, k) => conceptRow(panel, k, top + k * frame.rowPitch + frame.rowHeight / 2)),
    ],
  };
};
