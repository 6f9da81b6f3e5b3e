import type { Tensor } from '../../tensor.ts';
import { hasBrightBorder, strokesOf } from '../pixels.ts';
import { connected } from './connected.ts';

/** Of the strongest stroke: what is more is drawn, what is less is ground. */
const DRAWN = 0.45;
/** A hole of fewer pixels is a gap between strokes, and no loop. */
const LEAST_HOLE = 3;

/**
 * Closed loops in a picture: pieces of ground that strokes enclose, as a 9 has one and an 8 two.
 * @param image `[C, H, W]` in [0, 1]
 */
export function loopsOf(image: Tensor): number {
  const [, height = 0, width = 0] = image.shape;
  const strokes = strokesOf(image, hasBrightBorder(image));
  const least = DRAWN * strokes.reduce((most, value) => Math.max(most, value), 0);
  const isGround = (i: number): boolean => (strokes[i] as number) <= least;
  const regions = connected(
    Int32Array.from(strokes, (_, i) => (isGround(i) ? 1 : 0)),
    height,
    width,
    1,
  );
  const sizes = new Map<number, number>();
  const open = new Set<number>();
  regions.forEach((region, i) => {
    if (!isGround(i)) return;
    sizes.set(region, (sizes.get(region) ?? 0) + 1);
    const [y, x] = [Math.floor(i / width), i % width];
    if (y === 0 || x === 0 || y === height - 1 || x === width - 1) open.add(region);
  });
  return [...sizes].filter(([region, size]) => size >= LEAST_HOLE && !open.has(region)).length;
}
