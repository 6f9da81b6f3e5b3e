import { MemoryStore, type Options } from 'express-rate-limit';

/**
 * Counts the requests of clients for the limit on their rate. In one place: where a server is several processes, the
 * primary counts for all of them, and each asks it.
 */

/** The window in which requests are counted, in milliseconds. */
export const MINUTE = 60_000;

/** Requests of a client in its minute, and when that ends, in milliseconds since 1970. */
export interface Hits {
  readonly totalHits: number;
  readonly resetAt: number;
}

/** Counts one more request of a client. */
export type CountHit = (client: string) => Promise<Hits>;

/**
 * Counts in the memory of this process. One request after the other: the store returns an object that its next count
 * changes, so that of two counts at a time both would read the number of the second.
 */
export function hitCounter(): CountHit {
  const store = new MemoryStore();
  store.init({ windowMs: MINUTE } as Options);
  let last: Promise<unknown> = Promise.resolve();
  const count: CountHit = async (client) => {
    const { totalHits, resetTime } = await store.increment(client);
    return { totalHits, resetAt: resetTime?.getTime() ?? Date.now() + MINUTE };
  };
  return (client) => {
    const counted = last.then(() => count(client));
    last = counted;
    return counted;
  };
}
