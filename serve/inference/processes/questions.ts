import type { Registry } from 'prom-client';
import type { ErrorMessage } from '../error-message.ts';
import type { CountHit } from './hit-counter.ts';

/** What the processes of one server ask each other. */

/** The environment variable by which a process knows that it is one of a server's several. */
export const PROCESS_VARIABLE = 'SENN_PROCESS';

/** What a process says once it takes requests; what the first one says is printed as the server's ready line. */
export interface Serving {
  readonly url: string;
  /** Names, the default one first. */
  readonly models: readonly string[];
  readonly executionProvider: string;
}

export type Change = 'load' | 'unload';

export type MetricsData = Awaited<ReturnType<Registry['getMetricsAsJSON']>>;

/** What a process that serves asks the primary. */
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

/** What the primary asks each process that serves. */
export type FromPrimary = {
  apply(what: { readonly change: Change; readonly name: string }): Promise<void>;
  ownMetrics(): Promise<MetricsData>;
  /** What it has counted so far: of its metrics those that never fall. It is asked all the time, as a sign of life. */
  counted(): Promise<MetricsData>;
  /** The process is to take no more requests, finish those under way, and end. */
  end(): void;
};
