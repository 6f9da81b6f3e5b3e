import { SennError } from '../../core/errors.ts';
import { quantity } from '../../core/format.ts';
import { inputShape, type Manifest } from '../../core/manifest.ts';
import type { TabularInput } from '../../core/tables/features.ts';
import { shortestDecimal } from '../../core/tables/float32.ts';
import type { Tensor } from '../../core/tensor.ts';
import { type Block, centred, column, pair } from './blocks.ts';
import { framed, imageBlock } from './image.ts';
import { element } from './svg.ts';
import { COLOURS, TEXT } from './theme.ts';

/** An input as people look at it: the image, or the features of a table with their values. */

export interface ViewOptions {
  readonly width: number;
  /** Height of a feature's row. */
  readonly pitch: number;
}

const DOT = 3.5;

/** Where a value lies in its range; what lies outside is put to the end. */
function track(value: number, [low, high]: readonly [number, number], width: number): Block {
  const share = high > low ? Math.min(1, Math.max(0, (value - low) / (high - low))) : 0.5;
  const reach = width - 2 * DOT;
  return {
    width,
    height: 2 * DOT,
    draw: (x, y) => [
      element('line', { x1: x, y1: y + DOT, x2: x + width, y2: y + DOT, stroke: COLOURS.line, 'stroke-width': 2 }),
      element('circle', { cx: x + DOT + share * reach, cy: y + DOT, r: DOT, fill: COLOURS.quiet }),
    ],
  };
}

export type Feature = TabularInput['features'][number];

/** A feature's name and value, and where the value lies in the feature's range. @param value a float32 */
export function featureBlock({ name, unit, range }: Feature, value: number, { width, pitch }: ViewOptions): Block {
  const words = pair(name, quantity(shortestDecimal(value), unit), width, { size: TEXT.small + 1 });
  return centred(column([words, track(value, range, width)], 1), pitch);
}

/**
 * @param values `[C, H, W]` in [0, 1], or `[features]` in their own units
 * @param options the width to fill
 * @throws shape_mismatch
 */
export function inputView(input: Manifest['input'], values: Tensor, options: ViewOptions): Block {
  const expected = inputShape({ input });
  if (values.shape.join() !== expected.join()) {
    throw new SennError(
      'shape_mismatch',
      `input [${values.shape.join(', ')}] must be [${expected.join(', ')}], as the model's are`,
    );
  }
  if (input.kind === 'image') return framed(imageBlock(values, options.width - 2, 'input'));
  return column(input.features.map((feature, f) => featureBlock(feature, values.data[f] as number, options)));
}
