import type { RandomStream } from '../../random.ts';
import type { Patch } from '../patches.ts';
import type { Neighbourhood } from './rows.ts';

/** An image with some of its superpixels covered: LIME of images. */

interface Image {
  /** One image, flat. */
  readonly row: Float32Array;
  /** What a covered superpixel shows. */
  readonly baseline: Float32Array;
  readonly parts: readonly Patch[];
}

/** Every superpixel of a drawn image is covered with probability ½; none of the first. */
export function coveredSamples({ row, baseline, parts }: Image, count: number, random: RandomStream): Neighbourhood {
  const P = parts.length;
  const same = Uint8Array.from({ length: count * P }, (_, at) => (at < P ? 1 : random.integer(2)));
  return {
    same,
    fill: (i, into) => {
      into.set(row);
      parts.forEach(({ values }, p) => {
        if (same[i * P + p] === 1) return;
        for (const at of values) into[at] = baseline[at] as number;
      });
    },
  };
}
