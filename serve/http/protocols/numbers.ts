import { SennError } from '../../../core/errors.ts';
import { inputShape, type Manifest } from '../../../core/manifest.ts';
import { sizeOf, type Tensor } from '../../../core/tensor.ts';

/** Numbers out of a request into a tensor that a model takes. */

/** `[N, …]` of zeros in memory that threads share. @param shape is that of one input */
export function sharedTensor(count: number, shape: readonly number[]): Tensor {
  const values = count * sizeOf(shape);
  const memory = new SharedArrayBuffer(values * Float32Array.BYTES_PER_ELEMENT);
  return { shape: [count, ...shape], data: new Float32Array(memory) };
}

const listed = (shape: readonly number[]): string => `[${shape.join(', ')}]`;

function told(value: unknown): string {
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === 'string') return JSON.stringify(value.slice(0, 40));
  return value === null || typeof value === 'number' ? String(value) : typeof value;
}

/**
 * Nested lists of the given shape, or all its numbers in one list, row-major.
 * @param into filled; of as many values as the shape has
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

/** How far a float32 in [0, 1] may be off for having been rounded on its way. */
const ROUNDING = 1e-6;

/**
 * That the values are such as the model was made for: finite, and of an image in [0, 1].
 * @param input `[N, …]`
 * @throws invalid_request
 */
export function checkValues({ data, shape }: Tensor, manifest: Pick<Manifest, 'input'>, where: string): void {
  const image = manifest.input.kind === 'image';
  const [low, high] = image ? [-ROUNDING, 1 + ROUNDING] : [-Number.MAX_VALUE, Number.MAX_VALUE];
  // a NaN is neither
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
