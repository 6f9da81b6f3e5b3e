import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { SPRITES } from './factors.ts';
import { IMAGE_SIDE, type SpriteImages } from './generated.ts';
import { readNpzBits } from './npz.ts';

/** The published dSprites archive, for those who have it; without it the images are drawn (generated.ts). */

async function fileDigest(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return hash.digest('hex');
}

/** Some images of a bit array of images, one after the other. @param pixels of an image, a multiple of 8 */
export function gatherBits(bits: Uint8Array, pixels: number, indices: Int32Array): Float32Array {
  const images = new Float32Array(indices.length * pixels);
  const bytes = pixels / 8;
  indices.forEach((index, i) => {
    for (let b = 0; b < bytes; b++) {
      const byte = bits[index * bytes + b] as number;
      if (byte === 0) continue;
      const at = i * pixels + 8 * b;
      for (let k = 0; k < 8; k++) images[at + k] = (byte >> k) & 1;
    }
  });
  return images;
}

/**
 * The images of the official file, `dsprites_ndarray_co1sh3sc6or40x32y32_64x64.npz`: 3 GB of bytes, kept as 377 MB of
 * bits.
 * @throws missing_data
 */
export async function officialImages(path: string): Promise<SpriteImages> {
  const { bits } = await readNpzBits(path, 'imgs.npy', [SPRITES, IMAGE_SIDE, IMAGE_SIDE]);
  const pixels = IMAGE_SIDE * IMAGE_SIDE;
  return { gather: (indices) => gatherBits(bits, pixels, indices), sha256: await fileDigest(path) };
}
