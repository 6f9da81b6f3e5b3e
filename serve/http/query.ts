import type { z } from 'zod';
import { SennError, shortened } from '../../core/errors.ts';
import { parsedAs } from './body/parse-json.ts';

/** The parameters of a query, each of which has one value: a parser makes a list of one that is given twice. */

/** @throws invalid_request */
export function parsedQuery<T>(schema: z.ZodType<T>, query: Readonly<Record<string, unknown>>): T {
  const twice = Object.keys(query).find((name) => Array.isArray(query[name]));
  if (twice !== undefined) {
    const name = shortened(twice, 40);
    throw new SennError('invalid_request', `query: ${name} is given ${(query[twice] as unknown[]).length} times`, {
      parameter: name,
    });
  }
  return parsedAs(schema, query, 'query');
}
