import { SennError } from '../core/errors.ts';
import { decodingBox, flattened, type Invert, toModelInput } from '../core/images/prepare.ts';
import type { Manifest } from '../core/manifest.ts';
import type { Tensor } from '../core/tensor.ts';
import { type DrawableImage, type PixelImage, pixelsInside } from './canvas.ts';

/**
 * An image as the model takes it, by the same rule as the server's: grey for a model of one channel, dark and light
 * swapped when the image's border says so, fitted to the model's size. One already of that size passes exactly,
 * value / 255.
 *
 * An image of the model's size, and for a model of drawings any of up to 256 pixels a side, gives the very numbers of
 * the server. A larger one is first scaled down, here by the browser and there by sharp, so the numbers differ a little.
 * @param input the manifest's `input`
 * @returns `[1, channels, height, width]`, in [0, 1]
 * @throws unsupported_input for a model that takes no images
 * @example
 * const [prediction] = await model.predict(imageToTensor(canvas, model.manifest.input));
 */
export function imageToTensor(
  source: PixelImage | DrawableImage,
  input: Manifest['input'],
  { invert = 'auto' }: { readonly invert?: Invert } = {},
): Tensor {
  if (input.kind !== 'image')
    throw new SennError('unsupported_input', 'imageToTensor: the model takes features, not images');
  const { width, height, data } = pixelsInside(source, decodingBox(input));
  return toModelInput(flattened({ width, height, data, channels: 4 }), input, invert);
}

/**
 * One image of a batch as opaque RGBA pixels, rounded and clamped to 0…255: what `new ImageData(pixels, width)` takes.
 * @param images `[N, 1 | 3, height, width]`, in [0, 1], as the traversals' `images`
 * @throws shape_mismatch
 */
export function tensorToPixels(images: Tensor, index = 0): PixelImage & { data: Uint8ClampedArray<ArrayBuffer> } {
  const [N = 0, channels = 0, height = 0, width = 0] = images.shape;
  if (images.shape.length !== 4 || (channels !== 1 && channels !== 3) || index >= N) {
    throw new SennError(
      'shape_mismatch',
      `tensorToPixels: image ${index} needs a tensor [N > ${index}, 1 or 3, height, width], got [${images.shape.join(', ')}]`,
    );
  }
  const plane = height * width;
  const data = new Uint8ClampedArray(4 * plane);
  for (let i = 0; i < plane; i++) {
    for (let c = 0; c < 3; c++) {
      const source = (index * channels + (channels === 1 ? 0 : c)) * plane + i;
      data[4 * i + c] = Math.round((images.data[source] as number) * 255);
    }
    data[4 * i + 3] = 255;
  }
  return { width, height, data };
}

/**
 * One image of a batch for a canvas's `putImageData`.
 * @param images `[N, 1 | 3, height, width]`, in [0, 1]
 * @throws shape_mismatch
 */
export function tensorToImageData(images: Tensor, index = 0): ImageData {
  const { data, width, height } = tensorToPixels(images, index);
  return new ImageData(data, width, height);
}
