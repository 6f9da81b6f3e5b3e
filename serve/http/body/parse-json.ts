import type { z } from 'zod';
import { type ErrorCode, fromZodError, SennError } from '../../../core/errors.ts';

/** JSON out of a request, and its parts against their schemas. */

/** @param what names the bytes in errors @throws invalid_json where they are not JSON, or not in UTF-8 */
export function parseJson(bytes: Uint8Array, what = 'body'): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (error) {
    throw new SennError('invalid_json', `${what}: ${(error as Error).message.slice(0, 200)}`);
  }
}

/** @throws with `code` and every issue where the value is not of the schema */
export function parsedAs<T>(
  schema: z.ZodType<T>,
  value: unknown,
  where: string,
  code: ErrorCode = 'invalid_request',
): T {
  const result = schema.safeParse(value);
  if (!result.success) throw fromZodError(code, where, result.error);
  return result.data;
}

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
