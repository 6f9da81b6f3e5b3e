/**
 * The shapes, drawn by our own rules: the factors are those of the official file, its pixels are not.
 * Coordinates are pixels from the sprite's centre at scale 1 and no turn, y downwards.
 */

/** Radius within which every shape stays, however it is turned. */
const RADIUS = 16;

/** Side of the square that a sprite is drawn in: its centre is the middle pixel, and its outermost pixels stay empty. */
export const SPRITE_SIDE = 2 * RADIUS + 1;

/** Half the square's side; no multiple of it by a scale is whole, so no pixel's centre lies on an upright edge. */
const HALF_SIDE = 11.3;
const ELLIPSE = { long: 15.5, short: 9 };
/** The heart (x² + y² − 1)³ = x²·y³, y upwards: its unit, and the middle of its height. */
const HEART = { unit: 11.8, middle: 0.118 };

const inside = {
  square: (x, y) => Math.max(Math.abs(x), Math.abs(y)) < HALF_SIDE,
  ellipse: (x, y) => (x / ELLIPSE.long) ** 2 + (y / ELLIPSE.short) ** 2 < 1,
  heart: (x, y) => {
    const u = x / HEART.unit;
    const v = HEART.middle - y / HEART.unit;
    return (u * u + v * v - 1) ** 3 < u * u * v ** 3;
  },
} satisfies Record<string, (x: number, y: number) => boolean>;

export type Shape = keyof typeof inside;
export const shapes = Object.keys(inside) as Shape[];

/** What the pixels follow from, for the digest of the generated set. */
export const spriteRules = { side: SPRITE_SIDE, square: HALF_SIDE, ellipse: ELLIPSE, heart: HEART };

/**
 * A shape scaled and turned: 1 where the pixel's centre is inside.
 * @param scale share of the largest, at most 1
 * @param orientation radians, clockwise on the screen
 * @returns `[SPRITE_SIDE, SPRITE_SIDE]`, 0 or 1
 */
export function drawSprite(shape: Shape, scale: number, orientation: number): Uint8Array {
  const [cos, sin] = [Math.cos(orientation) / scale, Math.sin(orientation) / scale];
  return Uint8Array.from({ length: SPRITE_SIDE * SPRITE_SIDE }, (_, i) => {
    const dx = (i % SPRITE_SIDE) - RADIUS;
    const dy = Math.floor(i / SPRITE_SIDE) - RADIUS;
    return inside[shape](cos * dx + sin * dy, cos * dy - sin * dx) ? 1 : 0;
  });
}
