import type { RequestHandler } from 'express';
import { ipKeyGenerator, rateLimit, type Store } from 'express-rate-limit';
import { SennError } from '../../../core/errors.ts';
import { type CountHit, hitCounter, MINUTE } from '../../inference/processes/hit-counter.ts';
import { notesOf } from '../../observe/request-notes.ts';

/** The limiter asks for no more than this: a request that was counted stays so. */
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

/** Answers that cost nothing, and that must not fail because others ask too much. */
const uncounted = /^(\/v2)?\/health(\/|$)|^\/metrics$/;

/**
 * So many requests a minute of one API key, or else of one address (of IPv6 a /56 counts as one); `RateLimit` and
 * `RateLimit-Policy` say where a client stands. After `identifyClient`.
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
