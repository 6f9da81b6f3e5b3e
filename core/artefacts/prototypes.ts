import { z } from 'zod';
import { fromZodError, SennError } from '../errors.ts';
import { contactSheet, tilesOf } from '../images/sheet.ts';
import { inputShape, type Manifest } from '../manifest.ts';
import { sizeOf, sliceRows, type Tensor } from '../tensor.ts';

/**
 * The prototypes of a model: the training inputs that activate each concept most, highest first. Its manifest indexes
 * them; the file that it lists as `prototypes` holds them for whoever has not the training set:
 * - images, `prototypes.png`: one sheet of K rows, one image beside the other without a gap;
 * - tables, `prototypes.json`: `{ "rows": [K][P][F] }`, in the features' own order and units.
 *
 * At hand they are one tensor `[K, P, …]` in the units of `input`, P the most that a concept has; what a concept has
 * less is zeros.
 */
type Subject = Pick<Manifest, 'input' | 'concepts'>;

export const prototypeFiles = { image: 'prototypes.png', tabular: 'prototypes.json' } as const satisfies Record<
  Manifest['input']['kind'],
  string
>;

const rowsSchema = z.strictObject({ rows: z.array(z.array(z.array(z.number()))) });
export type PrototypeRows = z.infer<typeof rowsSchema>;

/** `[K, P, …]` */
export function prototypeShape({ input, concepts }: Subject): number[] {
  const most = Math.max(...concepts.map(({ prototypes }) => prototypes.length));
  return [concepts.length, most, ...inputShape({ input })];
}

/** The prototypes of concept k: `[P, …]`, sharing memory. */
export function prototypesOf(prototypes: Tensor, { concepts }: Pick<Manifest, 'concepts'>, k: number): Tensor {
  const [K = 0, P = 0, ...rest] = prototypes.shape;
  const flat = { shape: [K * P, ...rest], data: prototypes.data };
  return sliceRows(flat, k * P, k * P + (concepts[k]?.prototypes.length ?? 0));
}

/** `[K, P, C, H, W]` → `[C, K·H, P·W]` */
export function prototypeSheet({ shape, data }: Tensor): Tensor {
  const [K = 0, ...rest] = shape;
  const size = sizeOf(rest);
  const rows = Array.from({ length: K }, (_, k) => ({ shape: rest, data: data.subarray(k * size, (k + 1) * size) }));
  return contactSheet(rows, { pixels: 0, value: 0 });
}

/** `[C, K·H, P·W]` → `[K, P, C, H, W]` @throws invalid_model */
export function prototypesOfSheet(sheet: Tensor, subject: Subject, where: string): Tensor {
  const shape = prototypeShape(subject);
  const [K = 0, P = 0, C = 0, H = 0, W = 0] = shape;
  const expected = [C, K * H, P * W];
  if (sheet.shape.join() !== expected.join()) {
    throw new SennError(
      'invalid_model',
      `${where}: sheet [${sheet.shape.join(', ')}] must be [${expected.join(', ')}] by the manifest`,
    );
  }
  return { shape, data: tilesOf(sheet, H, W).data };
}

/** @throws invalid_model */
export function prototypesOfRows(value: unknown, subject: Subject, where: string): Tensor {
  const result = rowsSchema.safeParse(value);
  if (!result.success) throw fromZodError('invalid_model', where, result.error);
  const { rows } = result.data;
  const shape = prototypeShape(subject);
  const [, P = 0, F = 0] = shape;
  const counts = subject.concepts.map(({ prototypes }) => prototypes.length);
  if (rows.map(({ length }) => length).join() !== counts.join() || rows.flat().some(({ length }) => length !== F)) {
    throw new SennError(
      'invalid_model',
      `${where}: must have [${counts.join(', ')}] rows of ${F} features by the manifest`,
    );
  }
  const data = new Float32Array(sizeOf(shape));
  rows.forEach((own, k) => {
    own.forEach((row, p) => {
      data.set(row, (k * P + p) * F);
    });
  });
  return { shape, data };
}
