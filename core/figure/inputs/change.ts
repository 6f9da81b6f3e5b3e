import { hasBrightBorder, toColour, toGrey } from '../../images/pixels.ts';
import type { Change } from '../../images/regions/change.ts';
import type { Tensor } from '../../tensor.ts';
import { COLOURS, channelsOf } from '../palette.ts';

/**
 * What would change in a picture for another class to be ahead, drawn on it: in the colour of the bars that speak for the class
 * that is ahead what would go, in that of the others what would come.
 */

const CHANGE = { goes: channelsOf(COLOURS.for), comes: channelsOf(COLOURS.against) } as const;

/** Of the picture itself, so that the colours stand out on it. */
const DIMMED = 0.55;

/**
 * @param picture `[C, H, W]` in [0, 1], drawn on
 * @returns `[3, H, W]`
 */
export function changeOn(picture: Tensor, { shares }: Pick<Change, 'shares'>): Tensor {
  const ground = hasBrightBorder(picture) ? 1 : 0;
  const drawn = toColour(toGrey(picture));
  const size = shares.length;
  const data = drawn.data.map((value, i) => {
    const [channel, pixel] = [Math.floor(i / size), i % size];
    const signed = shares[pixel] as number;
    const share = Math.abs(signed);
    const colour = (signed > 0 ? CHANGE.comes : CHANGE.goes)[channel] as number;
    return (1 - share) * (ground + DIMMED * (value - ground)) + share * colour;
  });
  return { shape: drawn.shape, data };
}
