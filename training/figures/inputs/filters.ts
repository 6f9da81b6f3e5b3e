import { SennError } from '../../../core/errors.ts';
import { rectangleAt } from '../../../core/figure/svg.ts';
import { textWidth } from '../../../core/figure/text.ts';
import { sizeOf, type Tensor } from '../../../core/tensor.ts';
import { quantity } from '../../../core/text/format.ts';
import { type Block, column, figureOf, line, row } from '../blocks.ts';
import { QUIET } from '../quiet.ts';
import { framed, imageBlock } from './image.ts';

/** The figure of the kernels of a convolution, which a report shows of an encoder. */

export interface FiltersFigure {
  /** `[kh, kw, in, out]`, the order of a TensorFlow kernel. */
  readonly kernel: Tensor;
}

const TILE = { side: 56, gap: 3 } as const;
/** CSS pixels that a line of filters fills before the next one starts. */
const WIDTH = 760;
const LEGEND = { steps: 9, width: 22, height: 14 } as const;

/** −1 → black, 0 → the middle grey, +1 → white. */
const grey = (share: number): number => (1 + share) / 2;

/** One plane of the kernel, `[1, kh, kw]`, as greys. */
function plane({ shape, data }: Tensor, from: number, to: number, largest: number): Tensor {
  const [kh = 0, kw = 0, inputs = 0, outputs = 0] = shape;
  const values = Float32Array.from({ length: kh * kw }, (_, i) =>
    grey((data[(i * inputs + from) * outputs + to] as number) / (largest || 1)),
  );
  return { shape: [1, kh, kw], data: values };
}

/** What the greys mean: from −largest by zero to +largest. */
function legend(largest: number): Block {
  const swatches = Array.from({ length: LEGEND.steps }, (_, i): Block => {
    const level = Math.round(255 * grey((2 * i) / (LEGEND.steps - 1) - 1));
    const { width, height } = LEGEND;
    const fill = `rgb(${level},${level},${level})`;
    return { width, height, draw: (x, y) => [rectangleAt({ x, y, width, height }, { fill })] };
  });
  const text = (content: string): Block => line(content, textWidth(content, QUIET), QUIET);
  if (largest === 0) return text('every weight is 0');
  return row([text(`weight: −${quantity(largest)}`), framed(row(swatches)), text(`+${quantity(largest)}`)], 6);
}

/**
 * The kernels of a convolution: a tile for each filter, with one plane beside the other where it reads several
 * channels. The greys are symmetric about zero, on one scale for all filters.
 * @throws shape_mismatch
 */
export function filters({ kernel }: FiltersFigure): string {
  const { shape, data } = kernel;
  if (shape.length !== 4 || shape.some((size) => size < 1) || data.length !== sizeOf(shape)) {
    throw new SennError(
      'shape_mismatch',
      `filters: kernel [${shape.join(', ')}] of ${data.length} values must be [height, width, in, out], none of them 0`,
    );
  }
  const [, , inputs = 0, outputs = 0] = shape;
  const largest = data.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const tiles = Array.from({ length: outputs }, (_, to) => {
    const planes = Array.from({ length: inputs }, (_, from) =>
      framed(imageBlock(plane(kernel, from, to, largest), TILE.side, `filter ${to}, channel ${from}`)),
    );
    const picture = row(planes, TILE.gap);
    return column([picture, line(String(to), picture.width, { ...QUIET, anchor: 'middle' })]);
  });
  const perLine = Math.max(1, Math.floor(WIDTH / ((tiles[0] as Block).width + 3 * TILE.gap)));
  const lines = Array.from({ length: Math.ceil(outputs / perLine) }, (_, i) =>
    row(tiles.slice(i * perLine, (i + 1) * perLine), 3 * TILE.gap),
  );
  return figureOf(column([legend(largest), ...lines], 12));
}
