import { isatty } from 'node:tty';
import type { ServerConfig } from '../config/index.ts';
import type { ServerLog } from './logger.ts';

/** The log of a process on standard error: for people where that is a terminal, unless they ask for JSON. */
export async function openLog(options: ServerConfig['log'], json: boolean): Promise<ServerLog> {
  const { createLogger, STDERR } = await import('./logger.ts');
  if (json || !isatty(STDERR)) return createLogger(options);
  const { peopleLines } = await import('./people-lines.ts');
  return createLogger(options, { format: peopleLines({ colours: process.stderr.hasColors() }) });
}
