import type { RequestHandler } from 'express';
import { SennError } from '../../core/errors.ts';
import type { Limits } from '../limits.ts';

/**
 * Lets `requestsInWork` requests into `handler` at a time and refuses one more before a byte of its body is read.
 * @throws unavailable
 */
export function admitted(handler: RequestHandler, { requestsInWork: most }: Limits): RequestHandler {
  let inWork = 0;
  return async (request, response, next) => {
    if (inWork >= most) {
      throw new SennError('unavailable', `server: ${most} requests are in work; try again`, { requestsInWork: most });
    }
    inWork += 1;
    try {
      await handler(request, response, next);
    } finally {
      inWork -= 1;
    }
  };
}
