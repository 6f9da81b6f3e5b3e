import type { Request, RequestHandler } from 'express';
import { SennError } from '../../core/errors.ts';
import type { Limits } from '../limits.ts';

/** Bytes that the body of a request may come to. */
function bytesOf(request: Request, { bodyBytes }: Limits): number {
  const declared = request.get('content-length');
  return declared === undefined ? bodyBytes : Math.min(Number(declared), bodyBytes);
}

/** Lets a handler have only so much at a time; all handlers of one admission share it. */
export type Admit = (handler: RequestHandler) => RequestHandler;

/**
 * Lets so many requests, and so many bytes of them, into its handlers at a time, and refuses one more before a byte of
 * its body is read. @throws unavailable
 */
export function admission(limits: Limits): Admit {
  const { requestsInWork, bytesInWork } = limits;
  let requests = 0;
  let bytes = 0;
  return (handler) => async (request, response, next) => {
    const size = bytesOf(request, limits);
    if (requests >= requestsInWork || bytes + size > bytesInWork) {
      throw new SennError('unavailable', `server: ${requests} requests of ${bytes} bytes are in work; try again`, {
        requestsInWork,
        bytesInWork,
      });
    }
    requests += 1;
    bytes += size;
    try {
      await handler(request, response, next);
    } finally {
      requests -= 1;
      bytes -= size;
    }
  };
}
