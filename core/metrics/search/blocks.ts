import { inputShape, type Manifest } from '../../manifest.ts';
import type { RandomStream } from '../../random.ts';

/** What a search changes at once: a square of an image, in all channels, or one feature of a table. */

/**
 * A random block.
 * @param share of the image that a square covers, in (0, 1]; at least one pixel
 * @returns indices into one input, flat
 */
export function randomBlock(manifest: Pick<Manifest, 'input'>, share: number, random: RandomStream): number[] {
  if (manifest.input.kind === 'tabular') return [random.integer(manifest.input.features.length)];
  const [C = 1, H = 1, W = 1] = inputShape(manifest);
  const side = Math.max(1, Math.min(H, W, Math.round(Math.sqrt(share * H * W))));
  const [top, left] = [random.integer(H - side + 1), random.integer(W - side + 1)];
  const pixels = Array.from({ length: side * side }, (_, i) => (top + Math.floor(i / side)) * W + left + (i % side));
  return Array.from({ length: C }, (_, c) => pixels.map((pixel) => c * H * W + pixel)).flat();
}

/** The share that a square covers falls as the search goes on, from a tenth to a hundredth of the image. */
export const shareAt = (done: number): number => 0.1 ** (1 + done);
