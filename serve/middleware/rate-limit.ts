import type { RequestHandler } from 'express';
import { ipKeyGenerator, rateLimit } from 'express-rate-limit';
import { SennError } from '../../core/errors.ts';
import { notesOf } from '../observe/request-notes.ts';

const MINUTE = 60_000;

/** Answers that cost nothing, and that must not fail because others ask too much. */
const uncounted = /^(\/v2)?\/health(\/|$)|^\/metrics$/;

/**
 * So many requests a minute of one API key, or else of one address (of IPv6 a /56 counts as one); `RateLimit` and
 * `RateLimit-Policy` say where a client stands. After `identifyClient`.
 * @throws rate_limited
 */
export function limitRate({ requestsPerMinute }: { readonly requestsPerMinute: number }): RequestHandler {
  if (requestsPerMinute === 0) return (_request, _response, next) => next();
  return rateLimit({
    windowMs: MINUTE,
    limit: requestsPerMinute,
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
