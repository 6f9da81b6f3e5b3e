import type { IncomingMessage } from 'node:http';

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
