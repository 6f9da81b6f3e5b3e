import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Writable } from 'node:stream';
import express, { type Express } from 'express';
import { type Logger, pino } from 'pino';
import { errorHandler } from '../../../../serve/http/middleware/errors.ts';
import { requestLog } from '../../../../serve/http/middleware/log.ts';
import { settleHeaders } from '../../../../serve/http/response-headers.ts';

/** An Express app of a test's own on a free port, with the log and the errors of ours around what it adds. */
export interface TestApp {
  readonly url: string;
  readonly port: number;
  /** What has been logged, as it would be on disk. */
  log(): string;
  lines(): Record<string, unknown>[];
  close(): Promise<void>;
}

/** @param before comes before the log, as what makes spans does */
export async function appOf(
  add: (app: Express, logger: Logger) => void,
  before?: (app: Express) => void,
): Promise<TestApp> {
  let log = '';
  const memory = new Writable({
    write(chunk, _encoding, done) {
      log += String(chunk);
      done();
    },
  });
  const logger = pino(memory);
  const app = express();
  before?.(app);
  app.use(requestLog(logger), settleHeaders);
  add(app, logger);
  app.use(errorHandler);
  const server = createServer(app);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    log: () => log,
    lines: () =>
      log
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line) as Record<string, unknown>),
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
