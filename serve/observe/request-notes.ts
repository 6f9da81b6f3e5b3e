import type { IncomingMessage, ServerResponse } from 'node:http';
import type { JobTimings } from '../inference/served-model.ts';

/**
 * What is known of a request when it ends: routes and middleware write it down once, and the log line, the metrics and
 * the trace read it.
 */
export interface RequestNotes {
  /** When its headers were read, in milliseconds of `performance.now()`. */
  readonly startedAt: number;
  /** The pattern of its route, where Express does not know it. */
  route?: string;
  /** Whose key the request brings: the first letters of the key's digest. */
  client?: string;
  /** The id of its trace: the caller's, by `traceparent`, or that of the span that was made for it. */
  traceId?: string;
  readonly jobs: JobNote[];
  /** Refused because there is too much of it already: by the server's load, or by its client's rate. */
  refused?: boolean;
}

export interface JobNote {
  readonly model: string;
  readonly version: string;
  readonly timings: JobTimings;
  /** When its result was there, in milliseconds of `performance.now()`. */
  readonly endedAt: number;
}

/** The stages of a job, in their order; log, metrics and trace tell the time of each. */
export const stages = ['queue', 'decode', 'compute', 'encode'] as const satisfies readonly (keyof JobTimings)[];

const NOTES = Symbol('notes of a request');

interface Noted extends ServerResponse {
  [NOTES]?: RequestNotes;
}

/** The notes of a request. They hang on its response, and are made when first asked for. */
export function notesOf(response: ServerResponse): RequestNotes {
  const noted = response as Noted;
  noted[NOTES] ??= { startedAt: performance.now(), jobs: [] };
  return noted[NOTES];
}

/** Writes down that a model has answered. */
export function noteJob(response: ServerResponse, { model, version, timings }: Omit<JobNote, 'endedAt'>): void {
  notesOf(response).jobs.push({ model, version, timings, endedAt: performance.now() });
}

/** What Express adds to a request. */
interface Routed extends IncomingMessage {
  readonly baseUrl?: string;
  readonly route?: { readonly path?: unknown };
}

/** The pattern that a request matched, as `/models/:name/:file`; `unmatched` where none did. */
export function routeOf(request: IncomingMessage, response: ServerResponse): string {
  const { baseUrl = '', route } = request as Routed;
  const noted = notesOf(response).route;
  if (noted !== undefined) return noted;
  return route === undefined ? 'unmatched' : `${baseUrl}${String(route.path)}`;
}

/**
 * Status of requests whose client left before the answer was sent, in logs and metrics only. nginx counts them so too.
 */
export const CLIENT_GONE = 499;

/**
 * The status that a request ended with. Call it when the answer has closed. Node calls an answer finished, too, that was
 * written and then dropped with its connection, which only here is destroyed already.
 */
export const statusOf = (response: ServerResponse): number =>
  response.writableFinished && !response.req.socket.destroyed ? response.statusCode : CLIENT_GONE;
