import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { availableParallelism } from 'node:os';
import type { Logger } from 'pino';
import { SennError } from '../core/errors.ts';
import { createApp } from './app.ts';
import { type Engine, startEngine } from './engine.ts';
import { gracefulClose } from './graceful-close.ts';
import { listModelFolders, type ModelFolder } from './model-folder.ts';
import { packageInfo } from './package-info.ts';
import { preparePage } from './web-page.ts';

export interface ServerOptions {
  /** Directory whose folders are models. */
  readonly models: string;
  /** The model that answers where a request names none. Default: the first by name. */
  readonly defaultModel?: string | undefined;
  readonly host: string;
  /** 0 for any free one. */
  readonly port: number;
  readonly logger: Logger;
}

export interface RunningServer {
  readonly url: string;
  readonly models: readonly string[];
  readonly executionProvider: string;
  /** Takes no more, finishes what is in flight within the deadline, then ends the inference threads. */
  close(deadlineMs?: number): Promise<void>;
}

/** Milliseconds that a client has to send its whole request: a slow one holds a place of those in work. */
const REQUEST_TIMEOUT = 60_000;

const MAX_THREADS = 8;
const CLOSE_DEADLINE = 10_000;

/** Everything from the model folders to the open port. @throws missing_data, invalid_config, invalid_model, unavailable */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const { models: directory, defaultModel, host, port, logger } = options;
  const { root, version } = packageInfo();
  const page = preparePage(root, logger);
  const engine = await openModels(directory, defaultModel, logger);
  try {
    const app = createApp({ engine, logger, page: await page, version });
    const server = createServer({ requestTimeout: REQUEST_TIMEOUT }, app);
    const close = gracefulClose(server);
    await listen(server, host, port);
    const [first] = engine.models.values();
    return {
      url: urlOf(server, host),
      models: [...engine.models.keys()],
      executionProvider: first?.executionProvider ?? 'none',
      close: async (deadlineMs = CLOSE_DEADLINE) => {
        await close(deadlineMs);
        await engine.close();
      },
    };
  } catch (error) {
    await engine.close();
    throw error;
  }
}

/**
 * The models of the directory that open, the default one first; the others are left out and logged.
 * @throws missing_data, invalid_config, invalid_model
 */
async function openModels(directory: string, defaultModel: string | undefined, logger: Logger): Promise<Engine> {
  const refusals: string[] = [];
  const onRefused = (error: SennError): void => {
    refusals.push(error.message);
    logger.error({ code: error.code, err: error }, 'a model is not served');
  };
  const folders = await listModelFolders(directory, onRefused);
  if (folders.length === 0 && refusals.length === 0) {
    throw new SennError('missing_data', `serve: no model in "${directory}"; a model is a folder with a manifest.json`, {
      directory,
    });
  }
  const threads = Math.min(MAX_THREADS, availableParallelism());
  const isDefault = ({ manifest }: ModelFolder): boolean => manifest.name === defaultModel;
  const ordered = [...folders.filter(isDefault), ...folders.filter((folder) => !isDefault(folder))];
  const engine = await startEngine(ordered, { threads, onRefused });
  const served = [...engine.models.keys()];
  if (served.length > 0 && (defaultModel === undefined || served[0] === defaultModel)) return engine;
  await engine.close();
  if (served.length > 0) {
    throw new SennError(
      'invalid_config',
      `serve: default model "${defaultModel}" is not served; choose ${served.join(', ')}`,
      { defaultModel, choices: served },
    );
  }
  throw new SennError('invalid_model', `serve: no model in "${directory}" can be served: ${refusals.join('; ')}`, {
    directory,
    refusals,
  });
}

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
