import { z } from 'zod';
import { type Attributes, int, ints, string } from './attributes.ts';
import type { Operand, Scope } from './scope.ts';
import { type DataFormat, spatialForm, spatialOf } from './spatial.ts';
import type { Value } from './value.ts';

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

/** An image of another size, as tfjs's resizeBilinear and resizeNearestNeighbor make it. @param size height, width */
export function resize(scope: Scope, x: Value, size: readonly [number, number], how: Resize): Value {
  const image = spatialOf(scope, x, how.dataFormat);
  const { operands, attributes } = sizeOperands(scope, image.value, image.channels, size);
  const form = spatialForm(how.dataFormat, { channels: image.channels, sizes: size });
  return scope.node('Resize', [image.value, '', '', ...operands], form, {
    ...attributes,
    coordinate_transformation_mode: string(how.alignCorners ? 'align_corners' : 'asymmetric'),
    mode: string(how.interpolation === 'nearest' ? 'nearest' : 'linear'),
    nearest_mode: string(how.alignCorners ? 'round_prefer_ceil' : 'floor'),
  });
}
