import type { ErrorRequestHandler } from 'express';
import { z } from 'zod';
import { hasBody } from '../body/bounded.ts';
import { toSennError } from '../middleware/errors.ts';

/** An error as both protocols have it. */
export const protocolErrorSchema = z.strictObject({ error: z.string() });
export type ProtocolError = z.infer<typeof protocolErrorSchema>;

/**
 * `{ "error": "<message>" }` with the status of the error's code, for the routes of a protocol whose clients expect a
 * text there. The code goes along as a header.
 */
export const protocolErrors: ErrorRequestHandler = (thrown: unknown, request, response, next) => {
  if (request.socket.destroyed) {
    request.log.info({ reason: String(thrown) }, 'the client is gone');
    return;
  }
  if (response.writableEnded) {
    request.log.info({ reason: String(thrown) }, 'the request is answered already');
    return;
  }
  const error = toSennError(thrown);
  const { code, message, status } = error;
  if (status >= 500) request.log.error({ err: error.cause ?? error, code }, message);
  else request.log.info({ code }, message);
  if (response.headersSent) return next(thrown);
  // a refused body may be unread: closing spares both sides the rest of it
  if (hasBody(request) && !request.complete) response.set('Connection', 'close');
  if (code === 'unavailable') response.set('Retry-After', '1');
  response
    .status(status)
    .set('X-Error-Code', code)
    .json({ error: message } satisfies ProtocolError);
};
