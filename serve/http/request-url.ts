import type { IncomingMessage } from 'node:http';
import type { z } from 'zod';
import { SennError, shortened } from '../../core/errors.ts';
import { parsedAs } from './body/parse-json.ts';

/**
 * The parts of a request's URL, cut at its question mark: `new URL` takes far longer, and every request is asked for
 * them.
 */

/** The path of a request, without its query. */
export function pathOf({ url = '/' }: IncomingMessage): string {
  const query = url.indexOf('?');
  return query < 0 ? url : url.slice(0, query);
}

/** The query of a request, as it was sent. */
export function queryOf({ url = '' }: IncomingMessage): string {
  const query = url.indexOf('?');
  return query < 0 ? '' : url.slice(query + 1);
}

/**
 * The parameters of a query, each of which has one value: a parser makes a list of one that is given twice.
 * @throws invalid_request
 */
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

/** A version is of a model. @throws invalid_request where a query names the one without the other */
export function checkVersionNamed(model: string | undefined, version: string | undefined): void {
  if (version === undefined || model !== undefined) return;
  throw new SennError('invalid_request', `query: version "${version}" needs the model whose version it is`, {
    version,
  });
}
