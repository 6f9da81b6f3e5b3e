import { type Logger, pino } from 'pino';
import type { ServerConfig } from '../config/index.ts';

/** The log of a server, and what must never get into it. */

export interface ServerLog {
  readonly logger: Logger;
  /** Writes the lines that are still in memory; at the end of the process this happens by itself. */
  flush(): void;
}

const STDERR = 2;

/**
 * A log with one JSON object a line. Writing does not block the event loop: lines that come fast are written many at a
 * time, others at once. Headers that hold keys are replaced by a mark.
 */
export function createLogger({ level }: ServerConfig['log'], fileDescriptor: number = STDERR): ServerLog {
  const destination = pino.destination({ dest: fileDescriptor, sync: false });
  const secret = ['authorization', '["x-api-key"]', 'cookie'];
  const paths = ['headers', 'req.headers', 'request.headers', 'err.headers'].flatMap((holder) =>
    secret.map((name) => (name.startsWith('[') ? `${holder}${name}` : `${holder}.${name}`)),
  );
  return {
    logger: pino({ level, redact: { paths, censor: '[redacted]' } }, destination),
    flush: () => destination.flushSync(),
  };
}
