import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ErrorRequestHandler, RequestHandler } from 'express';
import multer from 'multer';
import { z } from 'zod';
import type { ErrorResponse } from '../../../core/api.ts';
import { type ErrorCode, SennError } from '../../../core/errors.ts';
import { notesOf } from '../../observe/request-notes.ts';
import { hasBody } from '../body/bounded.ts';
import { DECODED_LENGTH } from '../codings.ts';
import { setKeptHeaders } from '../response-headers.ts';
import { logOf } from './log.ts';

/**
 * Every error is answered as `{ error: { code, message, details } }`. Errors of libraries are translated here; those
 * that nobody foresaw go to the log, and the client is told no more than that.
 */

const multerCodes: Partial<Record<multer.ErrorCode, { code: ErrorCode; rule: string }>> = {
  LIMIT_FILE_SIZE: { code: 'payload_too_large', rule: 'a file is larger than the body may be' },
  LIMIT_FILE_COUNT: { code: 'payload_too_large', rule: 'more files than one request may hold' },
  LIMIT_FIELD_COUNT: { code: 'invalid_request', rule: 'text fields are not taken; send files in the field "image"' },
};

/** What happens thousands of times a second where it happens at all. */
const refusals: ReadonlySet<ErrorCode> = new Set(['unavailable', 'rate_limited']);

/** Headers of the answer that a route did not get to send. */
const UNSENT = ['ETag', 'Last-Modified', 'Cache-Control', 'Accept-Ranges', 'Content-Encoding', DECODED_LENGTH];

const internal = (cause: unknown): SennError =>
  new SennError('internal', 'the server failed; its log has the reason under this request id', {}, cause);

/** Any thrown value as a `SennError`. One whose message may hold a secret of the server becomes `internal`. */
export function toSennError(error: unknown): SennError {
  if (error instanceof SennError) return error;
  if (error instanceof multer.MulterError) {
    const { code, rule } = multerCodes[error.code] ?? { code: 'invalid_request', rule: error.message };
    return new SennError(code, `multipart: ${rule}`, error.field === undefined ? {} : { field: error.field });
  }
  if (!(error instanceof Error)) return internal(error);
  const { status, expose } = error as Error & Record<'status' | 'expose', unknown>;
  // busboy's complaints about a broken form carry no code of their own
  const broken = /^(Malformed part header|Unexpected end of form|Multipart: Boundary not found)/.test(error.message);
  // a status alone does not make a message fit for clients: errors of files and of libraries have one too, beside paths
  const told = expose === true || error instanceof URIError;
  if (broken || (told && typeof status === 'number' && status >= 400 && status < 500)) {
    return new SennError('invalid_request', `request: ${error.message}`);
  }
  return internal(error);
}

/** Logs what went wrong with a request and answers it accordingly, unless it is answered or its client gone. */
export function sendError(thrown: unknown, request: IncomingMessage, response: ServerResponse): void {
  if (request.socket.destroyed) {
    logOf(request).info({ reason: String(thrown) }, 'the client is gone');
    return;
  }
  if (response.writableEnded) {
    logOf(request).info({ reason: String(thrown) }, 'the request is answered already');
    return;
  }
  const error = toSennError(thrown);
  if (refusals.has(error.code))
    notesOf(response).refused = true; // log.ts tells of a few, and how many there were
  else if (error.status >= 500) logOf(request).error({ err: error.cause ?? error, code: error.code }, error.message);
  else logOf(request).info({ code: error.code }, error.message);
  if (response.headersSent) {
    response.destroy(); // half an answer: the client must not take it for a whole one
    return;
  }
  const { code, message, details } = error;
  setKeptHeaders(response);
  for (const header of UNSENT) response.removeHeader(header);
  // the body of a refused request may not be read yet: closing spares both sides the rest of it
  if (hasBody(request) && !request.complete) response.setHeader('Connection', 'close');
  if (code === 'unavailable') response.setHeader('Retry-After', '1');
  response.statusCode = error.status;
  if (isOfProtocol(request)) {
    response.setHeader('Content-Type', 'application/json'); // with a charset, KServe's client does not read it
    response.setHeader('X-Error-Code', code);
    response.end(JSON.stringify({ error: message } satisfies ProtocolError));
  } else {
    response.setHeader('Content-Type', 'application/json; charset=utf-8');
    response.end(JSON.stringify({ error: { code, message, details } } satisfies ErrorResponse));
  }
}

/** An error in the form of KServe's protocols. */
export const protocolErrorSchema = z.strictObject({ error: z.string() });
type ProtocolError = z.infer<typeof protocolErrorSchema>;

/** Clients of KServe's protocols expect a text under `error`; they get the code as a header. */
function isOfProtocol({ url = '', originalUrl = url }: IncomingMessage & { originalUrl?: string }): boolean {
  return /^\/v[12]([/?]|$)/.test(originalUrl);
}

/** Express's error handler; delegates to `sendError`. */
export const errorHandler: ErrorRequestHandler = (thrown: unknown, request, response, _next) => {
  sendError(thrown, request, response);
};

export const notFound: RequestHandler = ({ method, path }) => {
  throw new SennError('not_found', `no route ${method} ${path}`, { method, path });
};

/** Answers a known path that was asked with a method that it does not take. */
export function methodNotAllowed(...allowed: string[]): RequestHandler {
  return ({ method, path }, response) => {
    response.set('Allow', allowed.join(', '));
    throw new SennError('method_not_allowed', `${path} takes ${allowed.join(', ')}, not ${method}`, {
      method,
      allowed,
    });
  };
}
