import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import sharp from 'sharp';

/** Pixels of a small image that tells its number. */
export const pixelsOf = (number: number, size: number): Uint8Array =>
  Uint8Array.from({ length: size }, (_, i) => (i * 31 + number * 47) % 256);

/** Writes files of raw pixels as images, by the ending of their names. */
export async function writeImages(
  folder: string,
  files: Readonly<Record<string, { pixels: Uint8Array; width: number; height: number; channels: 1 | 3 | 4 }>>,
): Promise<void> {
  for (const [name, { pixels, ...raw }] of Object.entries(files)) {
    const path = join(folder, name);
    await mkdir(dirname(path), { recursive: true });
    const image = sharp(pixels, { raw });
    await writeFile(
      path,
      await (name.endsWith('.jpg')
        ? image.jpeg()
        : name.endsWith('.webp')
          ? image.webp({ lossless: true })
          : image.png()
      ).toBuffer(),
    );
  }
}

/** A grey image of 4 × 3, numbered. */
export const grey = (number: number) => ({ pixels: pixelsOf(number, 12), width: 4, height: 3, channels: 1 as const });
