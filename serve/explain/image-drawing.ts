import { signed } from '../../core/format.ts';
import type { ImageInput } from '../../core/images/prepare.ts';
import { contactSheet } from '../png.ts';
import { likeliestClasses } from './classes.ts';
import { COLUMN_GAP, type Frame, MARGIN } from './layout.ts';
import type { DrawingOf, Panel } from './panel.ts';
import { COLOURS, fitted, imageAt, textAt, textWidth } from './svg.ts';

const INPUT_SIDE = 140;
/** Input, its three likeliest classes, and air. */
const INPUT_HEIGHT = INPUT_SIDE + 100;
const BAR_WIDTH = 240;
/** Of the concepts' names, with what parts them from the strips. */
const LABEL_WIDTH = { least: 104, most: 220, air: 14 } as const;
/** Least side of a traversal image; images are scaled by whole numbers. */
const CELL_SIDE = 52;
/** Between the images of a traversal, in pixels of the model. */
const GAP_PIXELS = 2;
const NAME = { weight: 600 } as const;

/** An image, and beside it one row a concept: the strip of its decoded traversal, on top of which it is now. */
export const imageDrawing: DrawingOf = (manifest, { steps, contrast }) => {
  const { concepts } = manifest;
  const { height, width } = manifest.input as ImageInput;
  const scale = Math.max(1, Math.round(CELL_SIDE / width));
  const widest = Math.max(...concepts.map(({ name }) => textWidth(name, NAME))) + LABEL_WIDTH.air;
  const labelWidth = Math.min(LABEL_WIDTH.most, Math.max(LABEL_WIDTH.least, widest));
  const stripX = MARGIN + INPUT_SIDE + COLUMN_GAP + labelWidth;
  const stripWidth = (steps * (width + GAP_PIXELS) - GAP_PIXELS) * scale;
  const frame: Frame = {
    rowPitch: (height + GAP_PIXELS) * scale,
    rowHeight: height * scale,
    rows: concepts.length,
    sideHeight: INPUT_HEIGHT,
    headerLines: contrast === undefined ? 1 : 2,
    barX: stripX + stripWidth + COLUMN_GAP,
    barWidth: BAR_WIDTH,
  };

  const inputColumn = ({ input, prediction }: Panel, top: number): string[] => {
    const [, H = 1, W = 1] = input.shape;
    const shrink = INPUT_SIDE / Math.max(H, W);
    return [
      imageAt(MARGIN, top, W * shrink, H * shrink, input),
      ...likeliestClasses(manifest, prediction, [MARGIN, INPUT_SIDE], top + INPUT_SIDE + 26),
    ];
  };
  const strips = ({ prediction: { traversals, concepts: activations } }: Panel, top: number): string[] => {
    const sheet = contactSheet(
      traversals.map(({ decoded }) => decoded),
      { pixels: GAP_PIXELS, value: 1 },
    );
    return [
      imageAt(stripX, top, stripWidth, (frame.rows - 1) * frame.rowPitch + frame.rowHeight, sheet),
      ...concepts.flatMap(({ name }, row) => {
        const middle = top + row * frame.rowPitch + frame.rowHeight / 2;
        const x = stripX - LABEL_WIDTH.air;
        return [
          textAt(x, middle - 3, fitted(name, labelWidth - LABEL_WIDTH.air, NAME), { ...NAME, anchor: 'end' }),
          textAt(x, middle + 14, signed(activations[row] as number), { anchor: 'end', size: 12, fill: COLOURS.quiet }),
        ];
      }),
    ];
  };

  return {
    frame,
    header: (_panel, y) => {
      const style = { size: 12, fill: COLOURS.quiet };
      const middle = stripX + stripWidth / 2;
      return [
        textAt(MARGIN, y, 'input', style),
        textAt(stripX - LABEL_WIDTH.air, y, 'activation', { ...style, anchor: 'end' }),
        textAt(stripX, y, '−', style),
        textAt(middle, y, 'decoded with this concept moved', { ...style, anchor: 'middle' }),
        textAt(stripX + stripWidth, y, '+', { ...style, anchor: 'end' }),
      ];
    },
    content: (panel, top) => [...inputColumn(panel, top), ...strips(panel, top)],
  };
};
