import { isAscii, isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import type { z } from 'zod';
import { type ErrorCode, fromZodError, SennError, shortened } from '../../../core/errors.ts';
import { withoutByteOrderMark } from '../../../core/text/byte-order-mark.ts';
import { unsafeNameIn, unsafeNameRule } from '../../../core/text/unsafe-name.ts';
import { limitConcurrency } from '../../concurrency-limit.ts';
import type { ReadBytes } from './bounded.ts';
import { checkStructure, type JsonBudget, smallBudget } from './structure.ts';

/** JSON out of a request, and its parts against their schemas. */

/** Bytes from which on JSON waits for its turn: less is parsed in a few milliseconds, whatever it holds. */
const LARGE = 1 << 20;

const turn = limitConcurrency(1);

/** Lets the event loop see to everything else that has come. */
const others = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

function textOf(bytes: Uint8Array): string {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return withoutByteOrderMark(buffer.toString(isAscii(buffer) ? 'latin1' : 'utf8')); // in a fifth of the time
}

function parsed(bytes: Uint8Array): unknown {
  const text = textOf(bytes);
  const value = valueOf(text);
  const unsafe = unsafeNameIn(value, text);
  if (unsafe === undefined) return value;
  const where = ['body', shortened(unsafe)].filter((part) => part !== '').join(': ');
  const code = /(^|\.)features$/.test(unsafe) ? 'invalid_features' : 'invalid_request';
  throw new SennError(code, unsafeNameRule(where), { path: shortened(unsafe) });
}

function valueOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new SennError('invalid_json', `body: ${(error as Error).message.slice(0, 200)}`);
  }
}

function checked(bytes: Uint8Array, budget: JsonBudget): void {
  if (!isUtf8(bytes)) throw new SennError('invalid_json', 'body: must be JSON in UTF-8');
  checkStructure(bytes, budget);
}

/**
 * The value of some JSON. What is large is taken one after the other, and between its steps, of some 40 ms each where 10 MB
 * are all spaces, escapes or letters beyond ASCII, other requests have their turn; so have they before the caller goes on.
 * @param budget what the JSON may hold
 * @throws invalid_json where the bytes are not JSON, or not in UTF-8; payload_too_large, invalid_request
 */
export async function parseJson(bytes: Uint8Array, budget: JsonBudget): Promise<unknown> {
  if (bytes.length < LARGE) {
    checked(bytes, budget);
    return parsed(bytes);
  }
  return turn(async () => {
    await others();
    checked(bytes, budget);
    await others();
    const value = parsed(bytes);
    await others();
    return value;
  });
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

/** Reads a small body in JSON, which may be left out. @throws payload_too_large, invalid_json, invalid_request */
export async function smallBody<T>(request: IncomingMessage, readBytes: ReadBytes, schema: z.ZodType<T>): Promise<T> {
  const bytes = await readBytes(request);
  return parsedAs(schema, bytes.length === 0 ? {} : await parseJson(bytes, smallBudget), 'body');
}

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
