import { SennError } from '../../core/errors.ts';
import type { CallContext } from './channel.ts';

/** What the worker may ask of the page: to fetch by a function that the page was given, which no message can carry. */

/** Functions that models are loaded with at the moment, by the numbers that the worker knows them by. */
export type Fetchers = ReadonlyMap<number, typeof fetch>;

export function createPageCalls(fetchers: Fetchers) {
  return {
    fetch: async ({ signal }: CallContext, fetcher: number, url: string) => {
      const own = fetchers.get(fetcher);
      if (own === undefined) throw new SennError('unavailable', `GET ${url}: nobody waits for it`);
      const response = await own(url, { signal });
      const body = await response.arrayBuffer();
      const headers = new Headers(response.headers);
      headers.set('X-Decoded-Content-Length', String(body.byteLength));
      return { body, status: response.status, statusText: response.statusText, headers: [...headers] };
    },
  };
}

export type PageCalls = ReturnType<typeof createPageCalls>;
