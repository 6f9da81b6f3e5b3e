import { readFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import sharp from 'sharp';
import { SennError } from '../../../core/errors.ts';
import { decodingBox, flattened, type ImageInput, type Pixels, toModelInput } from '../../../core/images/prepare.ts';

/** Width × height of the largest image that is decoded. */
export const MAX_PIXELS = 50_000_000;

/** Images in memory at full size at a time. */
const AT_ONCE = Math.min(4, availableParallelism());

/** How an image is read, by its path or its name in an archive. */
export type ReadImage = (path: string) => Promise<Buffer>;

/** @throws missing_data */
export const readImageFile: ReadImage = (path) =>
  readFile(path).catch((cause: NodeJS.ErrnoException) => {
    throw new SennError('missing_data', `${path}: cannot be read (${cause.code})`, { path }, cause);
  });

/**
 * An image as a model takes it, by the rule that the server and the browser have (`toModelInput`): so a network is trained
 * on what it will be served.
 * @returns `[C, H, W]` in [0, 1]
 * @throws missing_data | image_too_large | invalid_image, with the path
 */
async function decodeImage(path: string, input: ImageInput, read: ReadImage): Promise<Float32Array> {
  const bytes = await read(path);
  const broken = (cause: Error): never => {
    const reason = cause.message.trim().replace(/\s+/g, ' ');
    throw new SennError('invalid_image', `${path}: cannot be decoded: ${reason}`, { path, reason }, cause);
  };
  const { width, height } = await sharp(bytes, { limitInputPixels: false }).metadata().catch(broken);
  if (width * height > MAX_PIXELS) {
    throw new SennError(
      'image_too_large',
      `${path}: ${width} × ${height} = ${width * height} pixels; at most ${MAX_PIXELS} are decoded`,
      { path, width, height, maxPixels: MAX_PIXELS },
    );
  }
  const box = decodingBox(input);
  const { data, info } = await sharp(bytes, { failOn: 'error', limitInputPixels: MAX_PIXELS, autoOrient: true })
    .resize({ width: box.width, height: box.height, fit: 'inside', withoutEnlargement: !box.enlarge })
    .toColourspace('srgb')
    .raw()
    .toBuffer({ resolveWithObject: true })
    .catch(broken);
  const pixels: Pixels = {
    width: info.width,
    height: info.height,
    channels: info.channels as Pixels['channels'],
    data,
  };
  return toModelInput(flattened(pixels), input, 'auto').data;
}

export interface DecodeOptions {
  /** Takes what is wrong with a file; without it, the first such file is the end. */
  readonly refuse?: (error: SennError, index: number) => void;
  /** From the disk where it is not said. */
  readonly read?: ReadImage;
}

/** Decodes files a few at a time and hands each on, in any order, with its position in the list. */
export async function decodeImages(
  paths: readonly string[],
  input: ImageInput,
  take: (values: Float32Array, index: number) => void,
  { refuse, read = readImageFile }: DecodeOptions = {},
): Promise<void> {
  const pending = paths.entries();
  const work = async (): Promise<void> => {
    for (const [index, path] of pending) {
      try {
        take(await decodeImage(path, input, read), index);
      } catch (error) {
        if (refuse === undefined || !(error instanceof SennError)) throw error;
        refuse(error, index);
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
}
