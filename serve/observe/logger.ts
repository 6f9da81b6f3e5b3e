import { type Logger, pino } from 'pino';
import type { ServerConfig } from '../config/index.ts';

export interface ServerLog {
  readonly logger: Logger;
  /** Writes what is still in memory. The end of the process does so too. */
  flush(): void;
}

const STDERR = 2;

/**
 * The log of a server, one JSON object a line. Lines are written beside the event loop, many at a time when they come
 * fast, and each at once when they do not; headers that hold keys never get into one.
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
