import cluster from 'node:cluster';
import { SennError } from '../../../core/errors.ts';
import { within } from '../../within.ts';
import { errorMessage } from '../error-message.ts';
import type { ModelAdmin, Models } from '../served-model.ts';
import { openChannel } from './channel.ts';
import { type CountHit, hitCounter } from './hit-counter.ts';
import {
  type Change,
  type FromPrimary,
  type FromServing,
  type MetricsData,
  PROCESS_VARIABLE,
  type Serving,
} from './questions.ts';

/** The metrics of this process: all of them, and those that never fall. */
export interface OwnMetrics {
  data(): Promise<MetricsData>;
  counted(): Promise<MetricsData>;
}

/** Milliseconds that the primary has to say the metrics of all, some of which may not answer it; and to count a request. */
const METRICS_OF_ALL = 5000;
const HIT = 1000;

/** The other processes of a server, as one of them sees them: everything goes through the primary. */
export interface Siblings {
  /** Resolves when this process is to end. */
  readonly ending: Promise<void>;
  /** Says that this process takes requests now. Resolves once all do. */
  serving(what: Serving): Promise<void>;
  /** Says why this process cannot serve. */
  failed(error: unknown): Promise<void>;
  /** Models that were unloaded by hand before this process started. */
  unloaded(): Promise<readonly string[]>;
  /** The given administration, but every change is made in all processes. */
  adminOfAll(own: Models & ModelAdmin): ModelAdmin;
  /** The metrics of all processes as one text. @throws timeout where the primary does not answer */
  metricsOfAll(own: OwnMetrics): () => Promise<string>;
  /** Counts the requests of clients in one place. */
  readonly countHit: CountHit;
}

/** @returns undefined in a process that is the whole server, or is part of another program's cluster */
export function joinSiblings(): Siblings | undefined {
  if (!cluster.isWorker || process.env[PROCESS_VARIABLE] === undefined) return undefined;
  let own: ModelAdmin | undefined;
  let metrics: OwnMetrics | undefined;
  const hit = hitCounter();
  let end = (): void => {};
  const ending = new Promise<void>((resolve) => {
    end = resolve;
  });
  const primary = openChannel<FromServing, FromPrimary>(process, {
    apply: async ({ change, name }) => {
      if (own === undefined) throw new SennError('unavailable', 'server: this process is still starting');
      await own[change](name);
    },
    ownMetrics: async () => (await metrics?.data()) ?? [],
    counted: async () => (await metrics?.counted()) ?? [],
    end,
  });
  // Signals are the primary's affair: it tells its processes to end. A signal that the terminal sends to all of them
  // must not end one before its answers. Should the primary vanish, Node ends this process.
  process.on('SIGTERM', () => {});
  process.on('SIGINT', () => {});
  return {
    ending,
    serving: (what) => primary.ask('serving', what),
    failed: (error) => primary.ask('failed', errorMessage(error)),
    unloaded: () => primary.ask('unloaded', undefined),
    adminOfAll(models) {
      own = models;
      const everywhere = (change: Change, name: string) => primary.ask('change', { change, name });
      return {
        index: models.index,
        async load(name) {
          await everywhere('load', name);
          return models.named(name);
        },
        unload: (name) => everywhere('unload', name),
      };
    },
    metricsOfAll(ownMetrics) {
      metrics = ownMetrics;
      return () => within(METRICS_OF_ALL, 'metrics of all processes', () => primary.ask('metrics', undefined));
    },
    // where the primary does not answer, each process counts its own: requests are answered all the same
    countHit: (client) =>
      within(HIT, 'the count of requests', () => primary.ask('hit', client)).catch(() => hit(client)),
  };
}
