import cluster from 'node:cluster';
import { SennError } from '../../../core/errors.ts';
import { errorMessage } from '../error-message.ts';
import type { ModelAdmin, Models } from '../served-model.ts';
import { openChannel } from './channel.ts';
import type { CountHit } from './hit-counter.ts';
import {
  type Change,
  type FromPrimary,
  type FromServing,
  type MetricsData,
  PROCESS_VARIABLE,
  type Serving,
} from './questions.ts';

/** What a process that shares its port with others knows of them. */
export interface Siblings {
  /** Resolves when this process is to end. */
  readonly ending: Promise<void>;
  /** Says that this process takes requests now. Resolves once all do. */
  serving(what: Serving): Promise<void>;
  /** Says why this process cannot serve. */
  failed(error: unknown): Promise<void>;
  /** Models that were unloaded by hand before this process started. */
  unloaded(): Promise<readonly string[]>;
  /** The same administration, whose changes every process makes. */
  adminOfAll(own: Models & ModelAdmin): ModelAdmin;
  /** The metrics of all processes as one text. */
  metricsOfAll(own: () => Promise<MetricsData>): () => Promise<string>;
  /** Counts the requests of clients in one place. */
  readonly countHit: CountHit;
}

/** Undefined in a process that is the whole server. */
export function joinSiblings(): Siblings | undefined {
  if (!cluster.isWorker || process.env[PROCESS_VARIABLE] === undefined) return undefined; // or of another program's cluster
  let own: ModelAdmin | undefined;
  let metrics: (() => Promise<MetricsData>) | undefined;
  let end = (): void => {};
  const ending = new Promise<void>((resolve) => {
    end = resolve;
  });
  const primary = openChannel<FromServing, FromPrimary>(process, {
    apply: async ({ change, name }) => {
      if (own === undefined) throw new SennError('unavailable', 'server: this process is still starting');
      await own[change](name);
    },
    ownMetrics: async () => (await metrics?.()) ?? [],
    end,
  });
  // The primary passes on what it is told to do, and when it is gone Node ends this process. A signal to the whole group
  // must not end it before its answers.
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
      return () => primary.ask('metrics', undefined);
    },
    countHit: (client) => primary.ask('hit', client),
  };
}
