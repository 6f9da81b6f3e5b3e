import { createHash } from 'node:crypto';
import { factorSizes, factorsOf, orientationAt, SPRITES, scaleAt } from './factors.ts';
import { drawSprite, SPRITE_SIDE, shapes, spriteRules } from './sprite.ts';

/** Side of an image; a sprite moves by one pixel a step, from one edge to the other. */
export const IMAGE_SIDE = SPRITE_SIDE + factorSizes.posX - 1;

/** Images by their indices: `[rows, 1, 64, 64]`, 0 or 1. */
export interface SpriteImages {
  readonly gather: (indices: Int32Array) => Float32Array;
  /** SHA-256 over what the images come from. */
  readonly sha256: string;
}

/** Every sprite once, in the order of the factors: `[3·6·40]` of `[SPRITE_SIDE, SPRITE_SIDE]`. */
function drawAll(): Uint8Array[] {
  const { scale, orientation } = factorSizes;
  return shapes.flatMap((shape) =>
    Array.from({ length: scale * orientation }, (_, i) =>
      drawSprite(shape, scaleAt(Math.floor(i / orientation)), orientationAt(i % orientation)),
    ),
  );
}

/** All images, drawn when they are asked for: the 720 sprites are kept, and copied to where each image has its own. */
export function generatedImages(): SpriteImages {
  const sprites = drawAll();
  const rules = JSON.stringify({ factors: factorSizes, images: SPRITES, side: IMAGE_SIDE, sprites: spriteRules });
  const hash = createHash('sha256').update(rules);
  for (const sprite of sprites) hash.update(sprite);
  const rows = sprites.map((sprite) => spriteRows(Float32Array.from(sprite)));
  const pixels = IMAGE_SIDE * IMAGE_SIDE;
  return {
    sha256: hash.digest('hex'),
    gather: (indices) => {
      const images = new Float32Array(indices.length * pixels);
      indices.forEach((index, i) => {
        const [shape, scale, orientation, posX, posY] = factorsOf(index) as [number, number, number, number, number];
        const sprite = (shape * factorSizes.scale + scale) * factorSizes.orientation + orientation;
        const corner = i * pixels + posY * IMAGE_SIDE + posX;
        (rows[sprite] as Float32Array[]).forEach((row, y) => {
          images.set(row, corner + y * IMAGE_SIDE);
        });
      });
      return images;
    },
  };
}

function spriteRows(sprite: Float32Array): Float32Array[] {
  return Array.from({ length: SPRITE_SIDE }, (_, y) => sprite.subarray(y * SPRITE_SIDE, (y + 1) * SPRITE_SIDE));
}
