import { superpixelsOf } from '../../images/regions/slic.ts';
import type { Manifest } from '../../manifest.ts';
import { inputShape } from '../../manifest.ts';
import type { Patch } from '../patches.ts';

/** What an input is made of, where its parts are there or not: features of a table, superpixels of an image. */

/** Superpixels of an image, about; fewer where each would have less than 16 pixels. */
const SUPERPIXELS = 50;

/** How many superpixels an image of this size is asked to have: 49 of 28 × 28 pixels, 50 from 29 × 29 on. */
export const superpixelsAsked = (height: number, width: number): number =>
  Math.max(1, Math.min(SUPERPIXELS, Math.floor((height * width) / 16)));

/** Parts of an input at most: what a bound on queries is reckoned with. */
export function mostParts({ input }: Pick<Manifest, 'input'>): number {
  return input.kind === 'tabular' ? input.features.length : superpixelsAsked(input.height, input.width);
}

/**
 * One part a feature of a table; of an image its superpixels (SLIC), every channel of a pixel together.
 * @param row one input, flat, in the model's units
 */
export function partsOf({ input }: Pick<Manifest, 'input'>, row: Float32Array): Patch[] {
  if (input.kind === 'tabular') {
    return input.features.map((_, f) => ({ values: Int32Array.of(f), features: Int32Array.of(f) }));
  }
  const shape = inputShape({ input });
  const [C = 1, H = 1, W = 1] = shape;
  const labels = superpixelsOf({ shape, data: row }, superpixelsAsked(H, W));
  const members: number[][] = [];
  labels.forEach((label, pixel) => {
    members[label] ??= [];
    members[label].push(pixel);
  });
  return members.map((pixels) => ({
    values: Int32Array.from(Array.from({ length: C }, (_, c) => pixels.map((pixel) => c * H * W + pixel)).flat()),
    features: Int32Array.from(pixels),
  }));
}

/**
 * Values of parts as values of features: of a superpixel each pixel has an equal share, so that they sum to its value.
 * @param into `[F]` or `[H · W]`, one input's attribution, flat
 */
export function spread(parts: readonly Patch[], values: ArrayLike<number>, into: Float32Array): void {
  parts.forEach(({ features }, i) => {
    for (const f of features) into[f] = (values[i] as number) / features.length;
  });
}

/** Shape of one input's attribution: `[F]`, or `[H, W]`. */
export function attributionShape(manifest: Pick<Manifest, 'input'>): number[] {
  const shape = inputShape(manifest);
  return manifest.input.kind === 'image' ? shape.slice(1) : shape;
}
