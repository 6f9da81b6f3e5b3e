import { z } from 'zod';
import { type Attributes, int, ints, string } from '../../graph/attributes.ts';
import type { Operand, Scope } from '../../graph/scope.ts';
import { fixedSize, type Size } from '../../graph/size.ts';
import { storedAxis, type Value } from '../../graph/value.ts';
import { type DataFormat, imageAxes, spatialForm, spatialOf } from '../shared/spatial.ts';

/** An image in another size, as tfjs resizes it: what Resizing, CenterCrop and their like share. */

export const interpolation = z.enum(['nearest', 'bilinear']);

export interface Resize {
  readonly dataFormat: DataFormat;
  readonly interpolation: z.infer<typeof interpolation>;
  /** True: the corner pixels stay; false: output pixel i is taken at i·old / new, without a half-pixel shift. */
  readonly alignCorners: boolean;
}

/** Operands and attributes that say the size of an image. Attribute `axes`, which spares the batch, is new in opset 18. */
function sizeOperands(
  scope: Scope,
  image: Value,
  channels: number,
  size: readonly number[],
): { readonly operands: readonly Operand[]; readonly attributes: Attributes } {
  if (scope.opset >= 18) return { operands: [scope.int64('sizes', size)], attributes: { axes: ints([2, 3]) } };
  const dims = (length: number) => [{ dims: [length], type: 'int64' }] as const;
  const batch = scope.raw('Shape', [image], dims(1), { start: int(0), end: int(1) });
  const parts = [...batch, scope.int64('sizes', [channels, ...size])];
  return { operands: scope.raw('Concat', parts, dims(4), { axis: int(0) }), attributes: {} };
}

/** Which of `old` pixels each of `size` is, in the arithmetic of tfjs. */
function nearestPixels(old: number, size: number, alignCorners: boolean): number[] {
  const ratio = alignCorners && size > 1 ? (old - 1) / (size - 1) : old / size;
  const round = alignCorners ? Math.round : Math.floor;
  return Array.from({ length: size }, (_, i) => Math.min(round(ratio * i), old - 1));
}

/**
 * The nearest pixels, gathered along one axis and then the other. Resize would take others here and there: ONNX
 * Runtime divides by a factor of single precision, for which row 1 of 2 out of 14 is 6 and not 7.
 */
function gatherNearest(scope: Scope, x: Value, size: readonly number[], { dataFormat, alignCorners }: Resize): Value {
  return imageAxes[dataFormat].reduce((image, axis, i) => {
    const old = fixedSize(image.shape[axis - 1] as Size);
    const pixels = nearestPixels(old, size[i] as number, alignCorners);
    if (pixels.length === old) return image;
    const { layout, type } = image;
    const form = { shape: image.shape.with(axis - 1, pixels.length), layout, type };
    const operands = [image, scope.int64(i === 0 ? 'rows' : 'columns', pixels)];
    return scope.node('Gather', operands, form, { axis: int(storedAxis(image, axis)) });
  }, x);
}

/** An image of another size, as tfjs's resizeBilinear and resizeNearestNeighbor make it. @param size height, width */
export function resize(scope: Scope, x: Value, size: readonly [number, number], how: Resize): Value {
  if (how.interpolation === 'nearest') return gatherNearest(scope, x, size, how);
  const image = spatialOf(scope, x, how.dataFormat);
  const { operands, attributes } = sizeOperands(scope, image.value, image.channels, size);
  const form = spatialForm(how.dataFormat, { channels: image.channels, sizes: size });
  return scope.node('Resize', [image.value, '', '', ...operands], form, {
    ...attributes,
    coordinate_transformation_mode: string(how.alignCorners ? 'align_corners' : 'asymmetric'),
    mode: string('linear'),
  });
}
