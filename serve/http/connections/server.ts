import { createServer, type RequestListener, type Server } from 'node:http';
import type { Socket } from 'node:net';
import { defaultLimits } from '../../config/limits.ts';
import { onContinue } from '../body/expect.ts';
import { inTurn } from './in-turn.ts';
import { boundUnread, type UnreadOptions } from './unread.ts';
import { refuseUnreadable, type UnderWay } from './unreadable.ts';

/**
 * The server's connections, where node:http would cut a client off: one that still sends when its answer is there, and
 * one that has said all it will say and listens for the answer; and where it would keep what clients ask for and do not read.
 */

export interface HttpServerOptions extends Partial<UnreadOptions> {
  /** Milliseconds that a client has to send its request. */
  readonly requestTimeoutMs: number;
  /** Milliseconds that a client may go on sending after its answer. */
  readonly lingerMs?: number;
}

/**
 * Milliseconds that an idle connection stays open: longer than load balancers keep theirs (60 s is common), so that
 * none sends a request on a connection that the server is just closing.
 */
const KEEP_ALIVE = 65_000;

const LINGER = 30_000;

/** Milliseconds in which a client must have taken something of its answer. */
const STALL = 20_000;

/** Milliseconds that a client has to read why its request is refused, where it cannot be read to its end. */
const FAREWELL = 2000;

/** Milliseconds between looks whether a client that sends no more is still there, the first soon. */
const LOOK_SOON = 100;
const LOOK_AGAIN = 1000;

const UNDER_WAY = Symbol('the latest request of a connection');
type Connection = Socket & { [UNDER_WAY]?: UnderWay };

export function createHttpServer(
  listener: RequestListener,
  { requestTimeoutMs, lingerMs = LINGER, ...unread }: HttpServerOptions,
): Server {
  const answer = inTurn(listener);
  const server = createServer(
    {
      requestTimeout: requestTimeoutMs,
      // milliseconds between checks for clients that send too slowly
      connectionsCheckingInterval: Math.min(30_000, requestTimeoutMs / 4),
      keepAliveTimeout: KEEP_ALIVE,
      requireHostHeader: false, // refuseUnmet asks for it, and its answer has a body
    },
    (request, response) => {
      (request.socket as Connection)[UNDER_WAY] = { request, response };
      answer(request, response);
    },
  );
  server.on('connection', (socket: Connection) => {
    lingering(socket, lingerMs);
    socket.on('end', () => lookAfter(socket));
  });
  server.on('checkContinue', (request, response) => {
    onContinue(request, () => response.writeContinue());
    server.emit('request', request, response);
  });
  server.on('checkExpectation', (request, response) => server.emit('request', request, response)); // refuseUnmet answers
  boundUnread(server, { stallMs: STALL, mostBytes: defaultLimits.bytesInWork, ...unread });
  refuseUnreadable(server, (socket: Connection) => socket[UNDER_WAY], Math.min(lingerMs, FAREWELL));
  // a client may close its half of the connection behind its request; by default that aborts the request
  return Object.assign(server, { httpAllowHalfOpen: true });
}

/**
 * Where an answer ends a connection whose request has not come whole, the client must get to read the answer: closing
 * at once would reset the connection, and the client see a broken pipe. So the server says that it will send no more,
 * and reads and drops what still comes for a while (RFC 9112, §9.6).
 */
function lingering(socket: Connection, lingerMs: number): void {
  const close = socket.destroySoon.bind(socket);
  socket.destroySoon = () => {
    const request = socket[UNDER_WAY]?.request;
    if (request === undefined || request.complete) {
      close();
      return;
    }
    socket.end();
    const timer = setTimeout(() => socket.destroy(), lingerMs);
    timer.unref();
    socket.once('close', () => clearTimeout(timer));
    request.once('end', close);
    request.resume();
  };
}

/**
 * A client that has closed its half may wait for its answer, or may have gone: both look the same until something is
 * sent. An interim answer (102, which clients pass over) shows the difference, and a client that is gone ends the work
 * for it. One that gets its answer soon sees none of this.
 */
function lookAfter(socket: Connection): void {
  const { request, response } = socket[UNDER_WAY] ?? {};
  if (request === undefined || response === undefined || request.httpVersion === '1.0') return;
  const look = (): void => {
    if (socket.destroyed || response.headersSent) return;
    response.writeProcessing();
    timer = setTimeout(look, timer === first ? LOOK_SOON : LOOK_AGAIN);
  };
  const first = setTimeout(look, LOOK_SOON);
  let timer = first;
  socket.once('close', () => clearTimeout(timer));
  response.once('close', () => clearTimeout(timer));
}
