import { isIP } from 'node:net';
import type { Request, RequestHandler } from 'express';
import { ipKeyGenerator, rateLimit, type Store } from 'express-rate-limit';
import { SennError } from '../../../core/errors.ts';
import { type CountHit, hitCounter, MINUTE } from '../../inference/processes/hit-counter.ts';
import { notesOf } from '../../observe/request-notes.ts';
import { pathOf } from '../request-url.ts';
import { type KeyRings, openPaths } from './api-keys.ts';

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

/** Some proxies write the port of their client behind its address, which is another with each connection. */
const WITH_PORT = /^(?:(\d+(?:\.\d+){3}):\d+|\[([^\]]*)\](?::\d+)?)$/;

/** What a client without a key is told apart by; what a proxy says that is no address is not believed. */
export function addressOf({ ip = '', socket }: Pick<Request, 'ip' | 'socket'>): string {
  const [, v4, v6] = WITH_PORT.exec(ip) ?? [];
  const address = v4 ?? v6 ?? ip;
  return ipKeyGenerator(isIP(address) > 0 ? address : (socket.remoteAddress ?? ''));
}

/**
 * Allows `requestsPerMinute` requests of one API key, or without a key of one IP address (an IPv6 /56 network counts as
 * one address). Health is never limited, and neither are the metrics for whoever may read them: they cost nothing, and whoever
 * watches the server must be answered under load too; but tries of keys count wherever they are made. The headers `RateLimit` and `RateLimit-Policy` say how many are left. Must stand after
 * `identifyClient`.
 * @param countHit where the requests of several processes are counted together
 * @throws rate_limited
 */
export function limitRate(
  { requestsPerMinute }: { readonly requestsPerMinute: number },
  { api }: Pick<KeyRings, 'api'>,
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
    skip: (request, response) => {
      const path = pathOf(request);
      const mayRead = api.size === 0 || notesOf(response).client !== undefined;
      return openPaths.has(path) || (path === '/metrics' && mayRead);
    },
    keyGenerator: (request, response) => {
      const { client } = notesOf(response);
      return client === undefined ? addressOf(request) : `key ${client}`;
    },
    handler: (_request, response, next) => {
      const seconds = Number(response.get('Retry-After'));
      const rule = `at most ${requestsPerMinute} requests a minute; try again in ${seconds} s`;
      next(new SennError('rate_limited', `server: ${rule}`, { requestsPerMinute, retryAfterSeconds: seconds }));
    },
  });
}
