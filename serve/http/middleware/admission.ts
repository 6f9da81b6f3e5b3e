import type { IncomingMessage, ServerResponse } from 'node:http';
import { SennError } from '../../../core/errors.ts';
import type { Limits } from '../../config/limits.ts';

/** Bytes that the body of a request may come to. */
function bytesOf({ headers }: IncomingMessage, { bodyBytes }: Limits): number {
  const declared = headers['content-length'];
  return declared === undefined ? bodyBytes : Math.min(Number(declared), bodyBytes);
}

/** What answers requests. Express takes it as well. */
export type Handler = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/** Lets a handler have only so much at a time; all handlers of one admission share it. */
export type Admit = <Request extends IncomingMessage, Response extends ServerResponse>(
  handler: (request: Request, response: Response) => unknown,
) => (request: Request, response: Response) => Promise<void>;

/** Lets everything in. */
export const admitAll: Admit = (handler) => async (request, response) => {
  await handler(request, response);
};

/**
 * Lets so many requests, and so many bytes of them, into its handlers at a time, and refuses one more before a byte of
 * its body is read. @throws unavailable
 */
export function admission(limits: Limits): Admit {
  const { requestsInWork, bytesInWork } = limits;
  let requests = 0;
  let bytes = 0;
  return (handler) => async (request, response) => {
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
      await handler(request, response);
    } finally {
      requests -= 1;
      bytes -= size;
    }
  };
}
