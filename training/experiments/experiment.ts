import type { BackendName } from '../backends/index.ts';
import type { SweepOptions } from './sweep/sweep.ts';

/** What `senn experiment` was asked for; an experiment reads what it needs. */
export interface ExperimentOptions {
  /** Folder to write. */
  readonly out: string;
  readonly backend: BackendName;
  /** Configurations to train. */
  readonly configs: readonly string[];
  /** Run folders to look at. */
  readonly runs: readonly string[];
  readonly lambdas: readonly number[];
  /** What a grid varies, as `NAME=VALUE,…` each. */
  readonly vary: readonly string[];
  readonly seeds: readonly number[];
  readonly folds: number;
  /** Also every figure as PNG. */
  readonly png: boolean;
  readonly signal: AbortSignal;
  readonly onRun: SweepOptions['onRun'];
  readonly onProgress: SweepOptions['onProgress'];
}

/** What an experiment found, for the terminal. */
export interface Findings {
  readonly files: readonly string[];
  /** One line each. */
  readonly lines: readonly string[];
  /** The same for machines. */
  readonly data: unknown;
}

export interface Experiment {
  /** Options that must be given. */
  readonly needs: readonly ('configs' | 'runs')[];
  readonly run: (options: ExperimentOptions) => Promise<Findings>;
}
