import type { Registry } from 'prom-client';
import type { ErrorMessage } from '../error-message.ts';
import type { CountHit } from './hit-counter.ts';

/** What the processes of one server ask each other. */

/** Marks the environment of a process that shares its port. */
export const PROCESS_VARIABLE = 'SENN_PROCESS';

/** What a process says once it takes requests; the first one's is the server's ready line. */
export interface Serving {
  readonly url: string;
  /** Names, the default one first. */
  readonly models: readonly string[];
  readonly executionProvider: string;
}

export type Change = 'load' | 'unload';

export type MetricsData = Awaited<ReturnType<Registry['getMetricsAsJSON']>>;

/** A process that answers requests asks the one that started it. */
export type FromServing = {
  /** It takes requests now. Answered once every process of the server does. */
  serving(what: Serving): Promise<void>;
  /** It cannot serve, and ends. */
  failed(why: ErrorMessage): void;
  /** Models that were unloaded by hand. */
  unloaded(): readonly string[];
  /** Makes a change in every process. */
  change(what: { readonly change: Change; readonly name: string }): Promise<void>;
  /** The metrics of all processes together, as text. */
  metrics(): Promise<string>;
  /** Counts a request of a client, whichever process got it. */
  hit: CountHit;
};

/** The one that started them asks each. */
export type FromPrimary = {
  apply(what: { readonly change: Change; readonly name: string }): Promise<void>;
  ownMetrics(): Promise<MetricsData>;
  /** Takes no more, finishes what is in flight, and ends. */
  end(): void;
};
