import { tensor } from '../../core/tensor.ts';

/** Pictures of rectangles on a dark ground, for tests of what changes in a picture. */

/** Pixels along a side. */
export const SIDE = 12;
export type Box = readonly [top: number, left: number, height: number, width: number, value?: number];

/** `[1, SIDE, SIDE]`, 1 in the rectangles where they say nothing else */
export function drawing(...boxes: Box[]) {
  const data = new Float32Array(SIDE ** 2);
  for (const [top, left, height, width, value = 1] of boxes) {
    for (let y = top; y < top + height; y++) data.fill(value, y * SIDE + left, y * SIDE + left + width);
  }
  return tensor(data, [1, SIDE, SIDE]);
}
