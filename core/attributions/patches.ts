import type { Manifest } from '../manifest.ts';
import { inputShape } from '../manifest.ts';

/** What an attribution takes away at once: a feature of a table, or a square of an image. */

/** Places in an input, and where what is taken away there counts. */
export interface Patch {
  /** Indices into one input, flat: every value that is taken away together. */
  readonly values: Int32Array;
  /** Indices into one input's attribution, flat: a feature, or the pixels of the square. */
  readonly features: Int32Array;
}

/** Where squares of `side` begin along an axis: every `stride`, and one at the very end, so that all is covered. */
function starts(length: number, side: number, stride: number): number[] {
  const last = length - side;
  const regular = Array.from({ length: Math.floor(last / stride) + 1 }, (_, i) => i * stride);
  return regular.at(-1) === last ? regular : [...regular, last];
}

/**
 * One patch a feature of a table. Of an image, squares of a seventh of its shorter side (4 of 28 pixels, 32 of 224),
 * half of that apart, so that each pixel lies under up to four of them; every channel of a pixel goes together.
 */
export function patchesOf({ input }: Pick<Manifest, 'input'>): Patch[] {
  if (input.kind === 'tabular') {
    return input.features.map((_, f) => ({ values: Int32Array.of(f), features: Int32Array.of(f) }));
  }
  const [C = 0, H = 0, W = 0] = inputShape({ input });
  const side = Math.max(1, Math.round(Math.min(H, W) / 7));
  const stride = Math.max(1, Math.floor(side / 2));
  return starts(H, side, stride).flatMap((top) =>
    starts(W, side, stride).map((left): Patch => {
      const pixels = Array.from(
        { length: side * side },
        (_, i) => (top + Math.floor(i / side)) * W + left + (i % side),
      );
      const channels = Array.from({ length: C }, (_, c) => pixels.map((pixel) => c * H * W + pixel));
      return { values: Int32Array.from(channels.flat()), features: Int32Array.from(pixels) };
    }),
  );
}
