import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Logger } from 'pino';
import { predictQuerySchema } from '../../../core/api.ts';
import { memoized } from '../../memo.ts';
import { type JobNote, notesOf, routeOf, statusOf } from '../../observe/request-notes.ts';
import { traceParentOf } from '../../observe/traceparent.ts';
import { keepHeaders } from '../response-headers.ts';
import type { Step } from '../step.ts';

/** One line of the log for each request, and the id by which a client and the log name the same request. */

declare module 'http' {
  interface IncomingMessage {
    /** The caller's own `X-Request-Id`, or one made here. */
    id: string;
    /** The server's own; use `logOf` for one whose lines name the request. */
    logger: Logger;
  }
}

/** A caller's own request id is kept when it is short and plain. */
const PLAIN_ID = /^[\w.-]{1,64}$/;

/** Characters of a URL that a line repeats at most. */
const MOST_URL = 512;

/** Parameters whose values are no secret: all that the server takes. Any other may be a key that somebody put there. */
const toldParameters: ReadonlySet<string> = new Set(Object.keys(predictQuerySchema.shape));

/** A URL as the log repeats it: the beginning of a long one, without the values of parameters that nobody takes. */
const loggedUrl = memoized((url) => {
  const [path = '', ...rest] = url.slice(0, MOST_URL).split('?');
  if (rest.length === 0) return path;
  const parameters = rest.join('?').split('&');
  return `${path}?${parameters.map((parameter) => (toldParameters.has(nameOf(parameter)) ? parameter : `${nameOf(parameter)}=[redacted]`)).join('&')}`;
});

const nameOf = (parameter: string): string => parameter.split('=', 1)[0] as string;

function idOf({ headers }: IncomingMessage): string {
  const given = headers['x-request-id'];
  return typeof given === 'string' && PLAIN_ID.test(given) ? given : randomUUID();
}

/** A logger whose lines name the request. Made when asked for, since most requests log nothing but their one line. */
export const logOf = ({ logger, id }: IncomingMessage): Logger => logger.child({ req: { id } });

const rounded = (milliseconds: number): number => Math.round(milliseconds * 1000) / 1000;

function jobOf({ model, version, timings: { queue, decode, compute, encode } }: JobNote) {
  const stages = { queue: rounded(queue), decode: rounded(decode), compute: rounded(compute), encode: rounded(encode) };
  return { model, version, milliseconds: stages };
}

/** The line about a request that has ended. It holds no body and no header. */
function lineOf(request: IncomingMessage, response: ServerResponse) {
  const { startedAt, client, traceId, jobs } = notesOf(response);
  const url = loggedUrl((request as { originalUrl?: string }).originalUrl ?? request.url ?? '');
  return {
    ...(traceId !== undefined && { traceId }),
    req: { id: request.id, method: request.method, url },
    res: { statusCode: statusOf(response) },
    route: routeOf(request, response),
    ...(client !== undefined && { client }),
    ...(jobs.length > 0 && { jobs: jobs.map(jobOf) }),
    responseTime: rounded(performance.now() - startedAt),
  };
}

/** Milliseconds between lines about refused requests. */
const BETWEEN_REFUSALS = 1000;

/** @returns what counts, and gives the count since it last did where a second has gone by since; else 0 */
function sampled(): () => number {
  let count = 0;
  let toldAt = Number.NEGATIVE_INFINITY;
  return () => {
    count += 1;
    const now = performance.now();
    if (now - toldAt < BETWEEN_REFUSALS) return 0;
    const told = count;
    toldAt = now;
    count = 0;
    return told;
  };
}

/**
 * Logs one line for each request when it has ended, with the id of its trace: that of the caller's `traceparent`, or of
 * the span that `traceRequests` (which stands before this) has made; of refused requests one a second, at level warn, that
 * says how many they were. The request's id is answered as `X-Request-Id`.
 */
export function requestLog(logger: Logger): Step {
  // these lines hold no header: searching them for one would take a third of the time that a line takes
  const lines = logger.child({}, { redact: [] });
  const refused = sampled();
  return (request, response, next) => {
    const notes = notesOf(response);
    const caller = traceParentOf(request.headers['traceparent']);
    if (caller !== undefined) notes.traceId ??= caller.traceId;
    request.id = idOf(request);
    request.logger = logger;
    keepHeaders(response, ['X-Request-Id', request.id]);
    response.on('close', () => {
      if (notes.refused === true) {
        const count = refused();
        if (count > 0) lines.warn({ ...lineOf(request, response), refused: count }, 'requests are refused');
        return;
      }
      if (lines.isLevelEnabled('info')) lines.info(lineOf(request, response), 'request completed');
    });
    next();
  };
}
