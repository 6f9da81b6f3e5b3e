import type { IncomingMessage, ServerResponse } from 'node:http';
import { SennError } from '../../../core/errors.ts';
import type { Limits } from '../../config/limits.ts';

/** Bounds the work that a server has at a time, by the memory that it takes. */

/** How many bytes the body of a request may have: what it declares, or else the limit. */
function bytesOf({ headers }: IncomingMessage, { bodyBytes }: Limits): number {
  const declared = headers['content-length'];
  return declared === undefined ? bodyBytes : Math.min(Number(declared), bodyBytes);
}

/** Answers a request. Written against node:http, and usable as an Express handler. */
export type Handler = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/** Wraps a handler so that it is called only while there is room; all handlers of one admission share the room. */
export type Admit = <Request extends IncomingMessage, Response extends ServerResponse>(
  handler: (request: Request, response: Response) => unknown,
) => (request: Request, response: Response) => Promise<void>;

/** Bounds nothing. */
export const admitAll: Admit = (handler) => async (request, response) => {
  await handler(request, response);
};

/**
 * What a request takes besides its body, however small that is: its place in the queue, its decoded pixels, its answer.
 */
const BESIDES = 64 * 1024;

/**
 * Lets requests into its handlers as long as their bodies, and `BESIDES` for each, fit into `bytesInWork`. One more is
 * refused before a byte of its body is read. @throws unavailable
 */
export function admission(limits: Limits): Admit {
  const { bytesInWork } = limits;
  let requests = 0;
  let bytes = 0;
  return (handler) => async (request, response) => {
    const size = bytesOf(request, limits) + BESIDES;
    if (bytes + size > bytesInWork && requests > 0) {
      const rule = `${requests} requests of ${bytes} bytes are in work; at most ${bytesInWork} may be`;
      throw new SennError('unavailable', `server: ${rule}; try again`, { requests, bytes, bytesInWork });
    }
    requests += 1;
    bytes += size;
    try {
      await handler(request, response);
    } finally {
      requests -= 1;
      bytes -= size;
    }
  };
}
