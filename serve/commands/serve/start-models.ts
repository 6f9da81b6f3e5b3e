import { availableParallelism } from 'node:os';
import type { Logger } from 'pino';
import { SennError } from '../../../core/errors.ts';
import { forwardGraphs } from '../../../core/predictor.ts';
import type { ServerConfig } from '../../config/index.ts';
import { type Engine, startEngine } from '../../inference/engine/engine.ts';
import type { OpenModel } from '../../inference/engine/open-model.ts';
import { FEW_JOBS } from '../../inference/engine/placement.ts';
import type { EngineEvents } from '../../inference/engine/settle.ts';
import { openOnFirst } from '../../inference/onnxruntime.ts';
import { modelNames, readModel } from '../../models/directory.ts';
import { createRegistry, type Registry } from '../../models/registry.ts';
import { watchFolder } from '../../models/watch.ts';

/** The models of a server, open. */
export interface RunningModels {
  readonly registry: Registry<OpenModel>;
  readonly engine: Engine;
  /** Why execution providers before the one that runs were passed over. */
  readonly refusedProviders: Readonly<Record<string, string>>;
  /** Watches no more, finishes what is queued, ends the threads. */
  close(): Promise<void>;
}

export interface StartModelsOptions {
  readonly config: Pick<
    ServerConfig,
    | 'models'
    | 'default'
    | 'processes'
    | 'threads'
    | 'inline'
    | 'providers'
    | 'batch'
    | 'attributions'
    | 'watch'
    | 'changeTimeoutMs'
  >;
  readonly logger: Logger;
  readonly events?: EngineEvents;
}

/**
 * Providers that get a single thread: WebGPU sessions that run at the same time can crash
 * (microsoft/onnxruntime#32561).
 */
const ONE_THREAD: readonly string[] = ['webgpu'];

/**
 * Opens every model of the directory; those that do not open are left out and logged.
 * @throws missing_data where there is none, invalid_config where the default one is not there, invalid_model where none
 *   opens
 */
export async function startModels({ config, logger, events }: StartModelsOptions): Promise<RunningModels> {
  const { models: directory, default: defaultModel, batch, changeTimeoutMs } = config;
  const names = await modelNames(directory);
  if (names.length === 0) {
    throw new SennError('missing_data', `serve: no model in "${directory}"; a model is a folder with a manifest.json`, {
      directory,
    });
  }
  const { provider, refusals } = await chosenProvider(directory, names, config.providers);
  for (const [refused, reason] of Object.entries(refusals)) {
    logger.info({ provider: refused, reason: firstLine(reason) }, 'an execution provider is not there');
  }
  const engine = startEngine({
    threads: ONE_THREAD.includes(provider) ? 1 : config.threads,
    providers: provider === 'cpu' ? ['cpu'] : [provider, 'cpu'],
    batch,
    attributions: config.attributions,
    inlineJobs: inlineJobs(config, availableParallelism()),
    ...(events && { events }),
  });
  const registry = createRegistry({ directory, open: engine.open, changeTimeoutMs, defaultModel, logger });
  try {
    checkServed(registry, await registry.loadAll(), directory, defaultModel);
  } catch (error) {
    await engine.close();
    throw error;
  }
  const refresh = (): void => {
    registry.refresh().catch((error: unknown) => logger.error({ err: error }, 'the model folders cannot be read'));
  };
  const unwatched = (error: unknown): void =>
    logger.error({ err: error }, 'part of the model directory cannot be watched');
  const unwatch = config.watch ? watchFolder(directory, refresh, unwatched) : async () => {};
  return {
    registry,
    engine,
    refusedProviders: Object.fromEntries(Object.entries(refusals).map(([name, reason]) => [name, firstLine(reason)])),
    async close() {
      await unwatch();
      await engine.close();
    },
  };
}

/**
 * How many jobs may be in work while the event loop still runs light ones itself. Where there are as many processes as
 * cores, their event loops alone keep all cores busy: a thread would add no time, and handing a job to it costs some.
 * @returns 0 for never
 */
export function inlineJobs({ inline, processes }: Pick<ServerConfig, 'inline' | 'processes'>, cores: number): number {
  if (!inline) return 0;
  return processes > 1 && processes >= cores ? Number.POSITIVE_INFINITY : FEW_JOBS;
}

const firstLine = (text: string): string => text.split('\n')[0] as string;

/**
 * The first provider that opens a graph, tried with the first model that can be read. Where no model can be read none
 * will be served either, so any provider will do.
 */
async function chosenProvider(
  directory: string,
  names: readonly string[],
  providers: readonly string[],
): Promise<{ provider: string; refusals: Readonly<Record<string, string>> }> {
  for (const name of providers.length > 1 ? names : []) {
    try {
      const [bundle] = await readModel(directory, name);
      const [forward] = bundle === undefined ? [] : forwardGraphs(bundle.manifest);
      const file = forward && bundle?.manifest.graphs[forward]?.file;
      const graph = file && bundle?.files.get(file);
      if (!graph) continue;
      const { session, refusals } = await openOnFirst(graph.slice(), { providers });
      await session.close();
      return { provider: session.executionProvider, refusals };
    } catch (error) {
      if (!(error instanceof SennError)) throw error; // the registry reports it when it loads this model
    }
  }
  return { provider: providers[0] ?? 'cpu', refusals: {} };
}

/** @throws invalid_config, invalid_model */
function checkServed(
  registry: Registry<OpenModel>,
  refusals: ReadonlyMap<string, string>,
  directory: string,
  defaultModel: string | undefined,
): void {
  const served = registry.all().map(({ manifest }) => manifest.name);
  if (served.length === 0) {
    const reasons = [...refusals.values()];
    throw new SennError('invalid_model', `serve: no model in "${directory}" can be served: ${reasons.join('; ')}`, {
      directory,
      refusals: reasons,
    });
  }
  if (defaultModel !== undefined && served[0] !== defaultModel) {
    throw new SennError(
      'invalid_config',
      `serve: default model "${defaultModel}" is not served; choose ${served.join(', ')}`,
      { defaultModel, choices: served },
    );
  }
}
