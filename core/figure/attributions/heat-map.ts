import { COLOUR_WORDS } from '../../attributions/answers/words.ts';
import { toGrey } from '../../images/pixels.ts';
import type { Tensor } from '../../tensor.ts';
import { COLOURS, channelsOf } from '../palette.ts';
import type { Panel } from '../panel.ts';
import { imageAt, tooltip } from '../svg.ts';
import type { AttributionDrawing } from './drawing.ts';

/** An attribution of an image on its pixels, which stand pale behind it. */

const SIDE = 220;
/** How dark the pale image is at most. */
const PALE = 0.35;

const [FOR, AGAINST] = [channelsOf(COLOURS.for), channelsOf(COLOURS.against)];

/**
 * @param values `[H · W]` @param input `[C, H, W]` in [0, 1]
 * @returns `[3, H, W]`: the colour of for and of against, as strong as a value is of the largest
 */
export function heatColours(values: readonly number[], input: Tensor): Tensor {
  const [, H = 1, W = 1] = input.shape;
  const P = H * W;
  const grey = toGrey(input).data;
  const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const out = new Float32Array(3 * P);
  for (let p = 0; p < P; p++) {
    const ground = 1 - PALE * (1 - (grey[p] as number));
    const value = values[p] as number;
    const strength = largest === 0 ? 0 : Math.abs(value) / largest;
    const colour = value < 0 ? AGAINST : FOR;
    for (let c = 0; c < 3; c++) out[c * P + p] = ground + strength * ((colour[c] as number) - ground);
  }
  return { shape: [3, H, W], data: out };
}

export const heatMap: AttributionDrawing = {
  width: SIDE,
  height: () => SIDE,
  content: ({ values, shape: [H = 1, W = 1] }, { input }: Panel, { x, top }, encode) => {
    const shrink = SIDE / Math.max(H, W);
    return [
      imageAt(
        { x, y: top, width: W * shrink, height: H * shrink },
        encode(heatColours(values, input)),
        tooltip(COLOUR_WORDS),
      ),
    ];
  },
};
