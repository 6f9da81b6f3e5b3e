import { z } from 'zod';
import { fromZodError, SennError } from '../errors.ts';
import { contactSheet, tilesOf } from '../images/sheet.ts';
import { inputShape, type Manifest } from '../manifest.ts';
import { sizeOf, sliceRows, type Tensor } from '../tensor.ts';

/**
 * The content of a static artefact: some inputs for each concept, kept in one file of the model's folder.
 * - images, as PNG: one sheet of K rows, one image beside the other without a gap;
 * - tables, as JSON: `{ "rows": [K][P][F] }`, in the features' own order and units.
 *
 * At hand it is one tensor `[K, P, …]` in the units of `input`, P the most that a concept has; what a concept has less is
 * zeros.
 */

type Subject = Pick<Manifest, 'input'>;

const rowsSchema = z.strictObject({ rows: z.array(z.array(z.array(z.number()))) });
export type StaticRows = z.infer<typeof rowsSchema>;

/** `[K, P, …]` @param counts `[K]`, what each concept has */
export function staticShape(counts: readonly number[], { input }: Subject): number[] {
  return [counts.length, Math.max(...counts), ...inputShape({ input })];
}

/** What concept k has: `[P, …]`, sharing memory. @param content `[K, P, …]` */
export function staticOf(content: Tensor, counts: readonly number[], k: number): Tensor {
  const [K = 0, P = 0, ...rest] = content.shape;
  const flat = { shape: [K * P, ...rest], data: content.data };
  return sliceRows(flat, k * P, k * P + (counts[k] ?? 0));
}

/** `[K, P, C, H, W]` → `[C, K·H, P·W]` */
export function staticSheet({ shape, data }: Tensor): Tensor {
  const [K = 0, ...rest] = shape;
  const size = sizeOf(rest);
  const rows = Array.from({ length: K }, (_, k) => ({ shape: rest, data: data.subarray(k * size, (k + 1) * size) }));
  return contactSheet(rows, { pixels: 0, value: 0 });
}

/** `[C, K·H, P·W]` → `[K, P, C, H, W]` @throws invalid_model */
export function staticOfSheet(sheet: Tensor, counts: readonly number[], subject: Subject, where: string): Tensor {
  const shape = staticShape(counts, subject);
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

/** The parsed JSON of a table's file → `[K, P, F]` @throws invalid_model */
export function staticOfRows(value: unknown, counts: readonly number[], subject: Subject, where: string): Tensor {
  const result = rowsSchema.safeParse(value);
  if (!result.success) throw fromZodError('invalid_model', where, result.error);
  const { rows } = result.data;
  const shape = staticShape(counts, subject);
  const [, P = 0, F = 0] = shape;
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
