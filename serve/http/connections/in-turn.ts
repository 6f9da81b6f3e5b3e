import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/**
 * The requests of a connection, one after the other. A client may send many before it reads an answer (pipelining, RFC 9112,
 * §9.3.2), and node:http hands out all that it has read at once: a thousand fit into one read, and all their answers would be
 * made, and kept, before anybody else gets a turn.
 */

/** Requests of one connection that wait for the answer to one before; with one more it is ended. */
const MOST_WAITING = 1000;

const WAITING = Symbol('requests of a connection that wait');
type Connection = Socket & { [WAITING]?: [IncomingMessage, ServerResponse][] };

export function inTurn(listener: RequestListener): RequestListener {
  const answer = (request: IncomingMessage, response: ServerResponse, socket: Connection): void => {
    response.once('close', () => {
      const next = socket.destroyed ? undefined : socket[WAITING]?.shift();
      if (next === undefined) delete socket[WAITING];
      else answer(...next, socket);
    });
    listener(request, response);
  };
  return (request, response) => {
    const socket: Connection = request.socket;
    const waiting = socket[WAITING];
    if (waiting === undefined) {
      socket[WAITING] = [];
      answer(request, response, socket);
    } else if (waiting.length < MOST_WAITING) waiting.push([request, response]);
    else socket.destroy();
  };
}
