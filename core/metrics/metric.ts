import type { Evidence } from './evidence/explanations.ts';

export interface MetricOptions {
  /** Called now and then with the number of inputs done, at last with all of them. */
  readonly onProgress?: (done: number, total: number) => void;
}

/** One figure for each input, from the explanations of a whole set. */
export interface Metric {
  readonly name: string;
  /** Whether a higher or a lower value is the better one. */
  readonly direction: 'higher' | 'lower';
  /** @returns `[N]`; `null` where the metric is not defined for an input */
  perInput(evidence: Evidence, options?: MetricOptions): (number | null)[];
}
