import { SennError } from '../../core/errors.ts';
import type { RandomStream } from '../../core/random.ts';
import type { Augmentation, CommonConfig } from '../config/common.ts';
import type { Augment, Feed } from './batches.ts';

/** Random changes of training images, which leave their class as it is. */

/** A uniform number in `[−limit, limit]`. */
const RESOLUTION = 2 ** 24;
const around = (limit: number, random: RandomStream): number =>
  limit === 0 ? 0 : limit * ((2 * random.integer(RESOLUTION)) / (RESOLUTION - 1) - 1);

/** Value at a place between pixels, linear in both directions; 0 outside. */
function bilinear(image: Float32Array, H: number, W: number, y: number, x: number): number {
  const [top, left] = [Math.floor(y), Math.floor(x)];
  const [fy, fx] = [y - top, x - left];
  const at = (row: number, column: number): number =>
    row < 0 || column < 0 || row >= H || column >= W ? 0 : (image[row * W + column] as number);
  const upper = (1 - fx) * at(top, left) + fx * at(top, left + 1);
  const lower = (1 - fx) * at(top + 1, left) + fx * at(top + 1, left + 1);
  return (1 - fy) * upper + fy * lower;
}

/**
 * Rotates, scales and shifts every image by amounts of its own, around its centre; what comes in from outside is 0.
 * @param values `[n, C, H, W]`, changed in place
 */
export function augmentImages(
  values: Float32Array,
  [C, H, W]: readonly [channels: number, height: number, width: number],
  { shift, rotation, scale }: Augmentation,
  random: RandomStream,
): void {
  const area = H * W;
  const [cy, cx] = [(H - 1) / 2, (W - 1) / 2];
  for (let start = 0; start < values.length; start += C * area) {
    const angle = (around(rotation, random) * Math.PI) / 180;
    const size = 1 + around(scale, random);
    const [dy, dx] = [around(shift, random), around(shift, random)];
    const [cosine, sine] = [Math.cos(angle) / size, Math.sin(angle) / size];
    for (let channel = start; channel < start + C * area; channel += area) {
      const image = values.slice(channel, channel + area);
      for (let row = 0; row < H; row++) {
        for (let column = 0; column < W; column++) {
          const [y, x] = [row - cy - dy, column - cx - dx];
          const sourceY = cosine * y - sine * x + cy;
          const sourceX = sine * y + cosine * x + cx;
          values[channel + row * W + column] = bilinear(image, H, W, sourceY, sourceX);
        }
      }
    }
  }
}

/** How the batches of a run are changed; not at all where its configuration does not say it. @throws invalid_config */
export function augmentOf({
  config: { augmentation },
  train,
  random,
}: {
  readonly config: Pick<CommonConfig, 'augmentation'>;
  readonly train: Feed;
  readonly random: RandomStream;
}): Augment | undefined {
  const shape = train.split.shape.slice(1);
  if (augmentation === undefined) return undefined;
  if (shape.length !== 3) throw new SennError('invalid_config', 'augmentation: needs images; the data are tables');
  return (values) => augmentImages(values, shape as [number, number, number], augmentation, random);
}
