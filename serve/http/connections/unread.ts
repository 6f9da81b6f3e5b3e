import type { Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { notesOf } from '../../observe/request-notes.ts';

/**
 * Clients that ask and do not read their answers. Answers wait in memory for them, so such a client has a time, in which
 * each byte that it takes begins a new one; and all that waits has a bound, beyond which those go that have asked first.
 */

export interface UnreadOptions {
  /** Milliseconds in which a client must have taken something of its answer. */
  readonly stallMs: number;
  /** Bytes of answers that may wait for their clients, over all connections. */
  readonly mostBytes: number;
  /** Is told how many clients were cut off, and how many bytes had waited for all. */
  readonly onCutOff?: ((what: { readonly clients: number; readonly bytes: number }) => void) | undefined;
  /** Milliseconds between looks. */
  readonly lookMs?: number;
}

const LOOK = 500;

const SHARED = Symbol('an answer out of memory that is there anyway');

/** Of an answer whose bytes are in memory however many ask for them, as the files of a model: they do not count. */
export function sharesMemory(response: ServerResponse): void {
  (response as ServerResponse & { [SHARED]?: true })[SHARED] = true;
}

export function boundUnread(server: Server, { stallMs, mostBytes, onCutOff, lookMs = LOOK }: UnreadOptions): void {
  /** The answer under way on each connection. */
  const answers = new Map<Socket, ServerResponse>();
  server.on('connection', (socket: Socket) => socket.once('close', () => answers.delete(socket)));
  server.prependListener('request', ({ socket }, response) => {
    if (!answers.has(socket)) answers.set(socket, response);
    response.once('close', () => {
      if (answers.get(socket) === response) answers.delete(socket);
    });
  });

  // Node's timer of a connection begins anew with what the client takes, though it were a part of one write
  server.setTimeout(stallMs, (socket: Socket) => {
    const isIdle = socket.timeout !== stallMs; // it is that of a connection that is kept open between requests
    const response = answers.get(socket);
    if (isIdle || (response !== undefined && response.writableLength > 0)) socket.destroy();
  });

  const look = (): void => {
    const waiting = [...answers.values()]
      .filter((response) => !(SHARED in response))
      .map((response) => ({ response, bytes: response.writableLength, since: notesOf(response).startedAt }))
      .filter(({ bytes }) => bytes > 0);
    const bytes = waiting.reduce((sum, answer) => sum + answer.bytes, 0);
    if (bytes <= mostBytes) return;
    let [left, clients] = [bytes, 0];
    for (const answer of waiting.sort((a, b) => a.since - b.since)) {
      if (left <= mostBytes) break;
      answer.response.destroy();
      left -= answer.bytes;
      clients += 1;
    }
    onCutOff?.({ clients, bytes });
  };
  const timer = setInterval(look, lookMs);
  timer.unref();
  server.once('close', () => clearInterval(timer));
}
