import { readFile } from 'node:fs/promises';
import type { z } from 'zod';
import { type ErrorCode, SennError } from '../../core/errors.ts';
import { withoutByteOrderMark } from '../../core/text/byte-order-mark.ts';
import { parseStrictly } from '../config/suggest-key.ts';

/**
 * A JSON file as its schema reads it.
 * @param invalid the code of a file that is not JSON or not of the schema
 * @param hint what to say of a file that is missing
 * @throws missing_data where it cannot be read, or `invalid` with every issue and its path
 */
export async function readJsonFile<Schema extends z.ZodType>(
  path: string,
  schema: Schema,
  invalid: ErrorCode,
  hint = '',
): Promise<z.infer<Schema>> {
  const text = await readFile(path, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    throw new SennError(
      'missing_data',
      `${path}: cannot be read (${cause.code})${hint && `; ${hint}`}`,
      { path },
      cause,
    );
  });
  let value: unknown;
  try {
    value = JSON.parse(withoutByteOrderMark(text));
  } catch (cause) {
    throw new SennError(invalid, `${path}: is not JSON: ${(cause as Error).message}`, { path }, cause);
  }
  return parseStrictly(schema, value, invalid, path);
}
