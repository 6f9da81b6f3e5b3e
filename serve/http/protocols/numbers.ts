import { SennError } from '../../../core/errors.ts';
import { inputShape, type Manifest } from '../../../core/manifest.ts';
import { sizeOf, type Tensor } from '../../../core/tensor.ts';
import { told } from '../../../core/text/told.ts';

/** From numbers in a request to a tensor that a model takes; both protocols do it. */

/** @param shape of one input @returns `[count, …shape]` of zeros, in memory that threads share */
export function sharedTensor(count: number, shape: readonly number[]): Tensor {
  const values = count * sizeOf(shape);
  const memory = new SharedArrayBuffer(values * Float32Array.BYTES_PER_ELEMENT);
  return { shape: [count, ...shape], data: new Float32Array(memory) };
}

const listed = (shape: readonly number[]): string => `[${shape.join(', ')}]`;

/**
 * Reads nested lists of the given shape, or one list of all numbers in row-major order.
 * @param into gets the numbers; it has as many elements as the shape
 * @param where names the lists in errors
 * @throws invalid_request where a list has another length, or something is not a number that float32 holds
 */
export function fillFromLists(value: unknown, shape: readonly number[], into: Float32Array, where: string): void {
  const flat = shape.length > 1 && Array.isArray(value) && !Array.isArray(value[0]) && value.length === into.length;
  const expected = flat ? [into.length] : shape;
  const place: number[] = [];
  let next = 0;
  const wrong = (rule: string, got: unknown): SennError => {
    const at = [where, ...place].join('.');
    return new SennError('invalid_request', `${at}: must be ${rule}, got ${told(got)}`, { where: at, shape });
  };
  const fill = (part: unknown, depth: number): void => {
    const length = expected[depth];
    if (length === undefined) {
      if (typeof part !== 'number' || !Number.isFinite(Math.fround(part))) throw wrong('a finite float32', part);
      into[next] = part;
      next += 1;
      return;
    }
    if (!Array.isArray(part) || part.length !== length) {
      throw wrong(`a list of ${length}, in numbers of the shape ${listed(shape)}`, part);
    }
    for (let i = 0; i < length; i++) {
      place.push(i);
      fill(part[i], depth + 1);
      place.pop();
    }
  };
  fill(value, 0);
}

/** How far outside [0, 1] a pixel may lie: clients round. */
const ROUNDING = 1e-6;

/**
 * Checks that the values are what the model was made for: finite, and for images in [0, 1].
 * @param input `[N, …]`
 * @throws invalid_request
 */
export function checkValues({ data, shape }: Tensor, manifest: Pick<Manifest, 'input'>, where: string): void {
  const image = manifest.input.kind === 'image';
  const [low, high] = image ? [-ROUNDING, 1 + ROUNDING] : [-Number.MAX_VALUE, Number.MAX_VALUE];
  // written so that a NaN fails it too
  const index = data.findIndex((value) => !(value >= low && value <= high));
  if (index < 0) return;
  const size = sizeOf(inputShape(manifest));
  const rule = image ? 'in [0, 1], as the model takes images' : 'a finite number';
  throw new SennError(
    'invalid_request',
    `${where}: value ${index % size} of input ${Math.floor(index / size)} must be ${rule}, got ${data[index]}`,
    { index, value: String(data[index]), shape },
  );
}
