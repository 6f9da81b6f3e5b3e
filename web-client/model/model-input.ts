import { SennError } from '../../core/errors.ts';
import type { Invert } from '../../core/images/prepare.ts';
import type { Manifest } from '../../core/manifest.ts';
import type { Tensor } from '../../core/tensor.ts';
import type { DrawableImage, PixelImage } from '../canvas.ts';
import { featuresToTensor } from '../features.ts';
import { imageToTensor } from '../images.ts';
import type { SentInput } from './operations.ts';

/**
 * What a person has at hand as what a model takes: a canvas, an image or video element, pixels, an image file, features by
 * their names, or a tensor. A file is left as it is, to be decoded where the model runs; the rest is a tensor at once.
 */
export type ModelInput = Tensor | PixelImage | DrawableImage | Blob | Features;

/** Numbers by the names of features. */
export type Features = Readonly<Record<string, number>>;

const isTensor = (input: ModelInput): input is Tensor => 'shape' in input && Array.isArray(input.shape);
const isPixels = (input: ModelInput): input is PixelImage => 'data' in input && typeof input.data === 'object';

const isFeatures = (input: ModelInput): input is Features => {
  const prototype: unknown = Object.getPrototypeOf(input);
  return prototype === Object.prototype || prototype === null;
};

/** @throws invalid_image where the pixels cannot be read: not loaded, broken, or of another site */
function drawn(image: DrawableImage, input: Manifest['input'], invert: Invert | undefined): Tensor {
  if ('naturalWidth' in image && !(image.complete && image.naturalWidth > 0)) {
    const why = image.complete ? 'cannot be read as an image' : 'is still loading; wait for image.decode()';
    throw new SennError('invalid_image', `the image ${image.currentSrc || 'element'} ${why}`);
  }
  try {
    return imageToTensor(image, input, invert === undefined ? {} : { invert });
  } catch (error) {
    if (error instanceof SennError) throw error;
    throw new SennError(
      'invalid_image',
      `the pixels of the ${Object.prototype.toString.call(image).slice(8, -1)} cannot be read: ${(error as Error).message}`,
      {},
      error,
    );
  }
}

/**
 * @returns a tensor `[N, …]` in the model's units, or the file as it is
 * @throws unsupported_input | invalid_image | invalid_features
 */
export function sentInput(input: ModelInput, taken: Manifest['input'], invert?: Invert): SentInput {
  if (typeof input !== 'object' || input === null) {
    throw new SennError('unsupported_input', `an input is a tensor, an image or features, not ${typeof input}`);
  }
  if (input instanceof Blob || isTensor(input)) return input;
  if (isPixels(input)) return imageToTensor(input, taken, invert === undefined ? {} : { invert });
  return isFeatures(input) ? featuresToTensor(input, taken) : drawn(input, taken, invert);
}
