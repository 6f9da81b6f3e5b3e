import { type Logger, pino } from 'pino';
import type { ServerConfig } from '../config/index.ts';
import { type LineSink, lineSink } from './line-sink.ts';

/** The log of a server, and what must never get into it. */

export interface ServerLog extends Omit<LineSink, 'write'> {
  readonly logger: Logger;
}

export interface LogOptions {
  readonly fileDescriptor?: number;
  /** Makes of a line of JSON what is written; without it, the JSON is. */
  readonly format?: ((json: string) => string) | undefined;
}

/** Where a server logs. */
export const STDERR = 2;

/**
 * A log with one JSON object a line. Writing does not block the event loop (see `lineSink`): lines that come fast are
 * written many at a time, others at once. Headers that hold keys are replaced by a mark.
 */
export function createLogger(
  { level }: ServerConfig['log'],
  { fileDescriptor = STDERR, format }: LogOptions = {},
): ServerLog {
  const sink = lineSink(fileDescriptor);
  const secret = ['authorization', '["x-api-key"]', 'cookie'];
  const paths = ['headers', 'req.headers', 'request.headers', 'err.headers'].flatMap((holder) =>
    secret.map((name) => (name.startsWith('[') ? `${holder}${name}` : `${holder}.${name}`)),
  );
  const destination = format === undefined ? sink : { write: (json: string) => sink.write(format(json)) };
  return { logger: pino({ level, redact: { paths, censor: '[redacted]' } }, destination), ...sink };
}
