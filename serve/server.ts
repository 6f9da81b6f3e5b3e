import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Logger } from 'pino';
import { SennError } from '../core/errors.ts';
import { createApp } from './app.ts';
import type { ServerConfig } from './config/index.ts';
import { gracefulClose } from './graceful-close.ts';
import { startModels } from './models/start.ts';
import { packageInfo } from './package-info.ts';
import type { Models } from './served-model.ts';
import { preparePage } from './web-page.ts';

export interface ServerOptions {
  readonly config: ServerConfig;
  readonly logger: Logger;
}

export interface RunningServer {
  readonly url: string;
  /** Names, the default one first. */
  readonly models: readonly string[];
  readonly executionProvider: string;
  /** Takes no more, finishes what is in flight within the configured time, then ends the inference threads. */
  close(): Promise<void>;
}

/** Everything from the model folders to the open port. @throws missing_data, invalid_config, invalid_model, unavailable */
export async function startServer({ config, logger }: ServerOptions): Promise<RunningServer> {
  const { host, port, limits, requestTimeoutMs, drainTimeoutMs } = config;
  const { root, version } = packageInfo();
  const page = preparePage(root, logger);
  const models = await startModels({ config, logger });
  try {
    const { registry, refusedProviders } = models;
    const app = createApp({ models: registry, logger, page: await page, version, refusedProviders, limits });
    const server = createServer({ requestTimeout: requestTimeoutMs }, app);
    const close = gracefulClose(server);
    await listen(server, host, port);
    return {
      url: urlOf(server, host),
      models: registry.all().map(({ manifest }) => manifest.name),
      executionProvider: firstProvider(registry),
      close: async () => {
        await close(drainTimeoutMs);
        await models.close();
      },
    };
  } catch (error) {
    await models.close();
    throw error;
  }
}

const firstProvider = (models: Models): string => models.all()[0]?.executionProvider ?? 'none';

function urlOf(server: Server, host: string): string {
  const { port } = server.address() as AddressInfo;
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

const listenFailures: Readonly<Record<string, string>> = {
  EADDRINUSE: 'the port is in use',
  EACCES: 'no permission for this port',
  EADDRNOTAVAIL: 'no such address on this machine',
  ENOTFOUND: 'no such host',
};

async function listen(server: Server, host: string, port: number): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const reason = listenFailures[error.code ?? ''] ?? error.message;
      reject(new SennError('unavailable', `serve: cannot listen on ${host}:${port}: ${reason}`, { host, port }));
    });
    server.listen(port, host, resolve);
  });
}
