import type { RequestHandler } from 'express';
import { ipKeyGenerator, rateLimit, type Store } from 'express-rate-limit';
import { SennError } from '../../../core/errors.ts';
import { type CountHit, hitCounter, MINUTE } from '../../inference/processes/hit-counter.ts';
import { notesOf } from '../../observe/request-notes.ts';

/** Limits how many requests a client may send a minute. */

/** `countHit` as a store of express-rate-limit, which with our options only ever increments. */
function storeOf(countHit: CountHit): Store {
  return {
    increment: async (client) => {
      const { totalHits, resetAt } = await countHit(client);
      return { totalHits, resetTime: new Date(resetAt) };
    },
    decrement: () => {},
    resetKey: () => {},
  };
}

/** Paths that are never limited: they cost nothing, and whoever watches the server must be answered under load too. */
const uncounted = /^(\/v2)?\/health(\/|$)|^\/metrics$/;

/**
 * Allows `requestsPerMinute` requests of one API key, or without a key of one IP address (an IPv6 /56 network counts as
 * one address). The headers `RateLimit` and `RateLimit-Policy` say how many are left. Must stand after
 * `identifyClient`.
 * @param countHit where the requests of several processes are counted together
 * @throws rate_limited
 */
export function limitRate(
  { requestsPerMinute }: { readonly requestsPerMinute: number },
  countHit: CountHit = hitCounter(),
): RequestHandler {
  if (requestsPerMinute === 0) return (_request, _response, next) => next();
  return rateLimit({
    windowMs: MINUTE,
    limit: requestsPerMinute,
    store: storeOf(countHit),
    standardHeaders: 'draft-8',
    legacyHeaders: false,
    identifier: 'requests',
    skip: ({ path }) => uncounted.test(path),
    keyGenerator: ({ ip }, response) => {
      const { client } = notesOf(response);
      return client === undefined ? ipKeyGenerator(ip ?? '') : `key ${client}`;
    },
    handler: (_request, response, next) => {
      const seconds = Number(response.get('Retry-After'));
      const rule = `at most ${requestsPerMinute} requests a minute; try again in ${seconds} s`;
      next(new SennError('rate_limited', `server: ${rule}`, { requestsPerMinute, retryAfterSeconds: seconds }));
    },
  });
}
