import { z } from 'zod';
import { sizeOf, type Tensor } from '../../../../core/tensor.ts';

/** Numbers in bulk, as they stand in a payload: base64 of four bytes each, little-endian; their count is known before. */

/** The most that one tensor of a payload may have. */
export const MOST_BYTES = 256 * 1024 * 1024;

/** Characters of base64 that so many bytes have. */
const base64Length = (bytes: number): number => 4 * Math.ceil(bytes / 3);

const text = z.string().max(base64Length(MOST_BYTES));

/** In memory of its own, which begins where four bytes may. @returns `undefined` where there are not so many */
function bytesOf(base64: string, bytes: number): ArrayBuffer | undefined {
  if (base64.length !== base64Length(bytes)) return undefined;
  const read = Buffer.from(base64, 'base64');
  return read.byteLength === bytes ? (new Uint8Array(read).buffer as ArrayBuffer) : undefined;
}

/** Whole numbers from 0 to `high`, `[n]`. */
export function wholeNumbers(high: number) {
  return text.transform((base64, context): Int32Array => {
    const padding = base64.endsWith('==') ? 2 : base64.endsWith('=') ? 1 : 0;
    const bytes = (base64.length / 4) * 3 - padding;
    const buffer = bytes % 4 === 0 ? bytesOf(base64, bytes) : undefined;
    const values = buffer === undefined ? undefined : new Int32Array(buffer);
    if (values?.every((value) => value >= 0 && value <= high)) return values;
    context.addIssue({ code: 'custom', message: `must be base64 of whole numbers from 0 to ${high}` });
    return z.NEVER;
  });
}

/** A tensor whose data fill its shape. @param isShape what its shape must be */
export function tensorOf(rule: string, isShape: (shape: readonly number[]) => boolean) {
  return z
    .strictObject({ shape: z.array(z.int().nonnegative()).max(4), data: text })
    .transform(({ shape, data }, context): Tensor => {
      const fits = isShape(shape) && 4 * sizeOf(shape) <= MOST_BYTES;
      const buffer = fits ? bytesOf(data, 4 * sizeOf(shape)) : undefined;
      if (buffer !== undefined) return { shape, data: new Float32Array(buffer) };
      context.addIssue({ code: 'custom', message: `must be ${rule}, and its data fill it; shape [${shape}]` });
      return z.NEVER;
    });
}
