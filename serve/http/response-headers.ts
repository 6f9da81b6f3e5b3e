import type { ServerResponse } from 'node:http';
import type { Step } from './step.ts';

/**
 * The headers that what a request passes on its way gives to its answer. They are a list until the request is answered:
 * node:http sends a list in less than half the time that setting each header takes, where none has been set. Whatever
 * answers does so by `sendBody`, or sets what was kept first, as errors, preflights and Express do.
 */

const HEADERS = Symbol('headers for an answer');

interface Headed extends ServerResponse {
  [HEADERS]?: string[];
}

/** Names and values in turn. */
export type HeaderList = readonly string[];

/** Keeps headers for whatever answers. */
export function keepHeaders(response: ServerResponse, headers: HeaderList): void {
  const headed = response as Headed;
  headed[HEADERS] ??= [];
  headed[HEADERS].push(...headers);
}

/** Sets the headers that were kept, for what sets its own one by one: Express, and errors. */
export function setKeptHeaders(response: ServerResponse): void {
  const headed = response as Headed;
  const kept = headed[HEADERS] ?? [];
  headed[HEADERS] = [];
  for (let i = 0; i < kept.length; i += 2) response.setHeader(kept[i] as string, kept[i + 1] as string);
}

/** Where Express begins: before it, headers are kept. */
export const settleHeaders: Step = (_request, response, next) => {
  setKeptHeaders(response);
  next();
};

/**
 * Answers with 200, the headers that were kept, these and the body's length, unless the request has been answered, as with
 * a timeout. The parts go out as one body, without a copy: an answer may be megabytes.
 */
export function sendBody(response: ServerResponse, headers: HeaderList, parts: readonly (string | Uint8Array)[]): void {
  if (response.headersSent) return;
  const kept = (response as Headed)[HEADERS] ?? [];
  const length = parts.reduce((sum, part) => sum + Buffer.byteLength(part), 0);
  response.writeHead(200, [...kept, ...headers, 'Content-Length', String(length)]);
  for (const part of parts) response.write(part);
  response.socket?.uncork(); // `end` has an empty part written besides while there is something to write
  response.end();
}
