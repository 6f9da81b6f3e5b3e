import { SennError } from './errors.ts';

/** A dense float32 tensor in row-major order: the only thing that passes through a session. */
export interface Tensor {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** Number of elements of a shape; 1 for a scalar. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, dimension) => product * dimension, 1);
}

/** @throws shape_mismatch when `data` does not fill `shape`. */
export function tensor(data: Float32Array, shape: readonly number[]): Tensor {
  if (data.length !== sizeOf(shape)) {
    throw new SennError('shape_mismatch', `tensor: ${data.length} values do not fill the shape [${shape.join(', ')}]`, {
      length: data.length,
      shape,
    });
  }
  return { shape, data };
}

/** Index of the first value that is not finite, or −1. `x − x` is 0 exactly for finite x. */
export function firstNonFinite(values: Float32Array): number {
  let odd = 0; // as a whole first, without a branch for each value
  for (let i = 0; i < values.length; i++) odd += (values[i] as number) - (values[i] as number);
  return odd === 0 ? -1 : values.findIndex((value) => value - value !== 0);
}

/** Size of the batch: the first dimension. */
export function batchSize({ shape }: Tensor): number {
  return shape[0] ?? 1;
}

/** Number of elements of a row of the batch; 0 of an empty batch. */
const rowSize = (t: Tensor): number => t.data.length / batchSize(t) || 0;

/** Rows `[start, end)` of the batch, sharing memory: `[N, …]` → `[end − start, …]`. */
export function sliceRows(t: Tensor, start: number, end: number): Tensor {
  const width = rowSize(t);
  return { shape: [end - start, ...t.shape.slice(1)], data: t.data.subarray(start * width, end * width) };
}

/** The values of row `index`, sharing memory. */
export function rowOf(t: Tensor, index: number): Float32Array {
  const width = rowSize(t);
  return t.data.subarray(index * width, (index + 1) * width);
}

/** One item of the batch with its shape, sharing memory: `[N, C, H, W]` → `[C, H, W]`. */
export function imageAt(t: Tensor, index: number): Tensor {
  return { shape: t.shape.slice(1), data: rowOf(t, index) };
}

/** The rows at the given indices, copied: `[N, …]` → `[rows.length, …]`. */
export function takeRows(t: Tensor, rows: readonly number[]): Tensor {
  const width = rowSize(t);
  const data = new Float32Array(rows.length * width);
  rows.forEach((row, i) => {
    data.set(t.data.subarray(row * width, (row + 1) * width), i * width);
  });
  return { shape: [rows.length, ...t.shape.slice(1)], data };
}

/** Batches joined into one, copied: `[N₁, …], [N₂, …]` → `[N₁ + N₂, …]`. @throws shape_mismatch */
export function concatRows(parts: readonly Tensor[]): Tensor {
  const [first] = parts;
  if (first === undefined) {
    throw new SennError('shape_mismatch', 'concatRows: needs at least one tensor, got none');
  }
  const rest = first.shape.slice(1);
  const odd = parts.find(({ shape }) => shape.length !== first.shape.length || rest.some((n, i) => n !== shape[i + 1]));
  if (odd !== undefined) {
    throw new SennError(
      'shape_mismatch',
      `concatRows: rows [${odd.shape.slice(1).join(', ')}] must match rows [${rest.join(', ')}]`,
    );
  }
  const rows = parts.reduce((sum, part) => sum + batchSize(part), 0);
  const data = new Float32Array(rows * sizeOf(rest));
  let offset = 0;
  for (const part of parts) {
    data.set(part.data, offset);
    offset += part.data.length;
  }
  return { shape: [rows, ...rest], data };
}
