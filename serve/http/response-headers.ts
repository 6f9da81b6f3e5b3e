import type { ServerResponse } from 'node:http';
import type { Step } from './step.ts';

/**
 * The headers that the stages of a request add to its answer. They are kept in a list until the request is answered:
 * node:http writes a list in less than half the time that setting each header takes, as long as none has been set (`npm
 * run bench:serve`, one connection). Whatever answers either uses `sendBody` or, like errors, preflights and Express,
 * first calls `setKeptHeaders`.
 */

const HEADERS = Symbol('headers for an answer');

interface Headed extends ServerResponse {
  [HEADERS]?: string[];
}

/** Names and values in turn. */
export type HeaderList = readonly string[];

/** Adds headers to the answer, whoever will send it. */
export function keepHeaders(response: ServerResponse, headers: HeaderList): void {
  const headed = response as Headed;
  headed[HEADERS] ??= [];
  headed[HEADERS].push(...headers);
}

/** Sets the kept headers on the response, before code that sets its own one by one: Express, and errors. */
export function setKeptHeaders(response: ServerResponse): void {
  const headed = response as Headed;
  const kept = headed[HEADERS] ?? [];
  headed[HEADERS] = [];
  for (let i = 0; i < kept.length; i += 2) response.setHeader(kept[i] as string, kept[i + 1] as string);
}

/** The first step inside Express, whose routes set headers one by one. */
export const settleHeaders: Step = (_request, response, next) => {
  setKeptHeaders(response);
  next();
};

/**
 * Answers with 200, the kept headers, these headers and the body's length; does nothing where the request has been
 * answered already, as by a timeout. The parts go out as one body without being joined: an answer may be megabytes.
 */
export function sendBody(response: ServerResponse, headers: HeaderList, parts: readonly (string | Uint8Array)[]): void {
  if (response.headersSent) return;
  const kept = (response as Headed)[HEADERS] ?? [];
  const length = parts.reduce((sum, part) => sum + Buffer.byteLength(part), 0);
  response.writeHead(200, [...kept, ...headers, 'Content-Length', String(length)]);
  for (const part of parts) response.write(part);
  response.socket?.uncork(); // sends now: on a corked socket `end` would write an empty part besides
  response.end();
}
