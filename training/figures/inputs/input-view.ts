import { SennError } from '../../../core/errors.ts';
import { TEXT } from '../../../core/figure/text.ts';
import { DOT, trackAt } from '../../../core/figure/track.ts';
import { inputShape, type Manifest } from '../../../core/manifest.ts';
import type { TabularInput } from '../../../core/tables/features.ts';
import { shortestDecimal } from '../../../core/tables/float32.ts';
import type { Tensor } from '../../../core/tensor.ts';
import { quantity } from '../../../core/text/format.ts';
import { type Block, centred, column, pair } from '../blocks.ts';
import { framed, imageBlock } from './image.ts';

/** An input as people look at it: the image, or the features of a table with their values. */

export interface ViewOptions {
  readonly width: number;
  /** Height of a feature's row. */
  readonly pitch: number;
}

/** Where a value lies in its range. */
const track = (value: number, range: readonly [number, number], width: number): Block => ({
  width,
  height: 2 * DOT,
  draw: (x, y) => trackAt({ x, y: y + DOT, width }, value, range),
});

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
