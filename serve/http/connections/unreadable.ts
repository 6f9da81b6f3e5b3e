import { type IncomingMessage, type Server, type ServerResponse, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { ErrorResponse } from '../../../core/api.ts';
import { type ErrorCode, errorCodes, SennError, shortened } from '../../../core/errors.ts';

/**
 * Requests that never become one: what is no HTTP, whose header is too large, that do not come whole in time, or ask for a
 * tunnel. No route sees them, and node:http would answer without a body; they get the error of ours that all others get.
 */

/** What is under way on a connection. */
export interface UnderWay {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

/** What node:http and its parser report, by code, as errors of ours; all else is `invalid_request`. */
const rules: Readonly<Record<string, { readonly code: ErrorCode; readonly rule: string }>> = {
  HPE_HEADER_OVERFLOW: { code: 'header_too_large', rule: 'the header is too large' },
  HPE_CHUNK_EXTENSIONS_OVERFLOW: { code: 'payload_too_large', rule: 'the extensions of a chunk are too large' },
  ERR_HTTP_REQUEST_TIMEOUT: { code: 'request_timeout', rule: 'it did not come whole in time' },
  HPE_INVALID_EOF_STATE: { code: 'invalid_request', rule: 'it is broken off' },
};

function refusalOf({ code = '', message }: NodeJS.ErrnoException): SennError {
  const known = rules[code];
  if (known !== undefined) return new SennError(known.code, `request: ${known.rule}`);
  const reason = shortened(message.replace(/^Parse Error: /, ''));
  return new SennError('invalid_request', `request: it is no HTTP (${reason})`, { reason });
}

/** The whole answer, which ends the connection. */
function answerOf({ code, message, details }: SennError, headers: readonly string[] = []): string {
  const { status } = errorCodes[code];
  const body = JSON.stringify({ error: { code, message, details } } satisfies ErrorResponse);
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    'Content-Type: application/json; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'X-Content-Type-Options: nosniff',
    ...headers,
    `Date: ${new Date().toUTCString()}`,
    'Connection: close',
  ];
  return `${head.join('\r\n')}\r\n\r\n${body}`;
}

/**
 * Answers them.
 * @param underWay the latest request of a connection, if there was one
 * @param farewellMs that a client has to read the answer: closing at once would reset the connection under it
 */
export function refuseUnreadable<Connection extends Socket>(
  server: Server,
  underWay: (socket: Connection) => UnderWay | undefined,
  farewellMs: number,
): void {
  const refused = new WeakSet<Socket>();
  const end = (socket: Connection, answer: string): void => {
    if (!socket.writable) {
      socket.destroy();
      return;
    }
    socket.on('error', () => {}); // a client that is gone needs no answer
    socket.end(answer);
    const timer = setTimeout(() => socket.destroy(), farewellMs);
    socket.once('close', () => clearTimeout(timer));
    socket.once('end', () => socket.destroy());
    if (socket.readableEnded) socket.once('finish', () => socket.destroy());
    else socket.resume();
  };
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Connection) => {
    if (refused.has(socket)) return; // the parser says it of all that still comes
    refused.add(socket);
    const { request, response } = underWay(socket) ?? {};
    if (error.code === 'ECONNRESET' || !socket.writable) socket.destroy();
    else if (response === undefined || response.writableFinished) end(socket, answerOf(refusalOf(error)));
    // the bytes that cannot be read follow a whole request: it gets its answer first
    else if (request?.complete) response.once('close', () => end(socket, answerOf(refusalOf(error))));
    else if (response.headersSent) socket.destroy();
    else end(socket, answerOf(refusalOf(error)));
  });
  server.on('connect', ({ method }: IncomingMessage, socket: Connection) => {
    const allowed = ['GET', 'HEAD', 'POST'];
    const message = `this server is no proxy: it takes ${allowed.join(', ')}, not ${method}`;
    const error = new SennError('method_not_allowed', message, { method, allowed });
    end(socket, answerOf(error, [`Allow: ${allowed.join(', ')}`]));
  });
}
