import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Logger } from 'pino';
import { SennError } from '../../../core/errors.ts';
import type { ServerConfig } from '../../config/index.ts';
import { createApp } from '../../http/app.ts';
import { gracefulClose } from '../../http/connections/graceful-close.ts';
import { createHttpServer } from '../../http/connections/server.ts';
import type { KeyRings } from '../../http/middleware/api-keys.ts';
import { openKeyRing } from '../../http/middleware/keys.ts';
import { createReadiness, drain } from '../../http/readiness.ts';
import type { Page } from '../../http/routes/page.ts';
import type { Step } from '../../http/step.ts';
import { preparePage } from '../../http/web-page.ts';
import type { EngineEvents } from '../../inference/engine/settle.ts';
import type { Serving } from '../../inference/processes/questions.ts';
import type { Siblings } from '../../inference/processes/siblings.ts';
import type { Models } from '../../inference/served-model.ts';
import { startScoring } from '../../jobs/score/scoring.ts';
import { createMetrics, type Metrics } from '../../observe/metrics.ts';
import { startTracing, type Tracing } from '../../observe/start-tracing.ts';
import { packageInfo } from '../../package-info.ts';
import { startModels } from './start-models.ts';

/**
 * Puts a server together: keys, page, tracing, metrics, models, HTTP; and takes it apart again in the opposite order.
 */

export interface ServerOptions {
  readonly config: ServerConfig;
  readonly logger: Logger;
  /** Lines of the log that could not be written. */
  readonly droppedLines?: (() => number) | undefined;
  /** The other processes of the server, where there are any. */
  readonly siblings?: Siblings | undefined;
  /** What is shown at `/`; otherwise the page of the package, which a checkout builds first where it is stale. */
  readonly page?: Page | undefined;
}

export interface RunningServer extends Serving {
  /** Takes no more, finishes what is in flight within the configured time, then ends the inference threads. */
  close(): Promise<void>;
}

/**
 * Everything from the model folders to the open port.
 * @throws missing_data, invalid_config, invalid_model, unavailable
 */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const { config, logger, droppedLines, siblings } = options;
  const { host, port, requestTimeoutMs, drainTimeoutMs: deadlineMs, drainDelayMs } = config;
  const { root, version } = packageInfo();
  const closing: (() => unknown)[] = [];
  const closeAll = async (): Promise<void> => {
    for (const close of closing.splice(0).reverse()) await close();
  };
  try {
    const keys = openKeys(config, logger, closing);
    const page = options.page ?? preparePage(root, logger);
    const tracing = await startTracing({ otel: config.otel, version, environment: process.env });
    closing.push(() => tracing?.close());
    const metrics = createMetrics();
    const models = await startModels({ config, logger, events: eventsOf(metrics, logger) });
    closing.push(() => models.close());
    const { registry, refusedProviders, engine } = models;
    const { jobs, answerTimeoutMs } = config;
    const scoring = await startScoring({ config: jobs, logger, answerTimeoutMs });
    closing.push(scoring.close);
    const readiness = createReadiness(() => (registry.all().length === 0 ? 'no model is served' : undefined));
    metrics.watch({
      queueDepth: engine.queueDepth,
      ...(droppedLines && { droppedLines }),
      scoringJobs: scoring.counts,
      models: () => readyModels(registry),
      ...(siblings && { textOfAll: siblings.metricsOfAll(metrics) }),
    });
    const admin = siblings?.adminOfAll(registry) ?? registry;
    for (const name of (await siblings?.unloaded()) ?? []) await registry.unload(name).catch(() => undefined);
    const app = createApp({
      models: registry,
      admin: config.admin ? admin : undefined,
      countHit: siblings?.countHit,
      page: await page,
      traceRequests: tracing && (await spansBy(tracing)),
      ...{ config, logger, keys, metrics, readiness, scoring, version, refusedProviders },
    });
    const server = createHttpServer(app, {
      requestTimeoutMs,
      mostBytes: config.limits.bytesInWork,
      onCutOff: (what) => logger.warn(what, 'clients that do not read their answers are cut off'),
    });
    const close = gracefulClose(server);
    // no warm-up is needed: opening a model runs it on its golden inputs, on every thread
    if (siblings === undefined) readiness.started();
    await listen(server, host, port);
    const serving: Serving = {
      url: urlOf(server, host),
      models: registry.all().map(({ manifest }) => manifest.name),
      executionProvider: firstProvider(registry),
    };
    // ready only when all processes are: a client that connected before would stay on this one while its connection
    // lasts
    siblings?.serving(serving).then(readiness.started, () => {});
    return {
      ...serving,
      close: async () => {
        await scoring.close(); // jobs go on after a restart; streams of their events would hold up what follows
        await drain({ readiness, close, delayMs: drainDelayMs, deadlineMs });
        await closeAll();
      },
    };
  } catch (error) {
    await closeAll();
    throw error;
  }
}

/**
 * The keys of the configuration. Without admin keys, the admin routes are for this machine alone.
 * @throws invalid_config, missing_data
 */
function openKeys(config: ServerConfig, logger: Logger, closing: (() => unknown)[]): KeyRings {
  const api = openKeyRing({ keys: config.apiKeys, file: config.apiKeysFile }, logger);
  closing.push(api.close);
  const admin = openKeyRing({ keys: config.adminKeys, file: config.adminKeysFile }, logger);
  closing.push(admin.close);
  return { api, admin };
}

/** Loads what makes spans only where there is a tracer to make them. */
async function spansBy({ tracer }: Tracing): Promise<Step> {
  const { traceRequests } = await import('../../http/middleware/tracing.ts');
  return traceRequests(tracer);
}

function eventsOf(metrics: Metrics, logger: Logger): EngineEvents {
  return {
    batchDone: ({ manifest: { name } }, size) => metrics.batchDone(name, size),
    threadDied: (error) => {
      metrics.workerRestarted();
      logger.error({ err: error }, 'an inference thread has ended; another takes its place');
    },
  };
}

const readyModels = (models: Models) =>
  models
    .all()
    .flatMap(({ manifest: { name } }) => models.versionsOf(name).map((version) => ({ name, version, ready: true })));

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
