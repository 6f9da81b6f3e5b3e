import type { RandomStream } from '../random.ts';
import type { Evidence, Need } from './evidence/evidence.ts';
import type { NoValue } from './no-value.ts';

/**
 * The contract of a metric: a figure for how good explanations are, with what it reads, what it means, and what it
 * cannot tell. One file a metric, one row in the table (index.ts), and nothing else:
 *
 * ```ts
 * declare module '../metric.ts' {
 *   interface MetricScopes {
 *     'leak.permuted': 'set';
 *   }
 * }
 *
 * export const leakPermuted = defineMetric({ name: 'leak.permuted', needs: ['explanations', 'labels'], … });
 * ```
 */

/**
 * The name of every metric, with its scope. Each metric's file adds its own line (by declaration merging, as above),
 * and from then on the table does not compile without its row. A file without the line does not compile either.
 */
// biome-ignore lint/suspicious/noEmptyInterface: filled by the metrics' own files
export interface MetricScopes {}

export type MetricName = keyof MetricScopes;

/** What a metric has a value for. N inputs, C classes. */
export interface Values {
  /** `[N]`, one an input; `null` where the metric is not defined for it */
  readonly input: readonly (number | null)[];
  /** One for the whole set. */
  readonly set: SetValue;
  /** `[C]`, one a class; `null` where the metric is not defined for it */
  readonly class: readonly (number | null)[];
}

export type Scope = keyof Values;
export type ScopeOf<Name extends MetricName> = Extract<MetricScopes[Name], Scope>;

export interface SetValue {
  readonly value: number;
  /** Figures that the value must be read beside, by name; the metric's docstring says what they are. */
  readonly figures?: Readonly<Record<string, number>>;
  /** What the value was taken from, where that is a matrix; not part of a report. */
  readonly matrix?: readonly (readonly number[])[];
  /**
   * What the value is the mean of, where it is one: how sure it is, and whether two models differ, is told from these.
   * Not part of a report.
   */
  readonly terms?: Terms;
}

/** A value as the mean of `of`, one an input; or as Σ of / Σ over, where it is a ratio of two means. */
export interface Terms {
  /** `[N]`; `null` for an input that has no part in the value */
  readonly of: readonly (number | null)[];
  /** `[N]`; 1 for every input where it is left out */
  readonly over?: readonly number[];
}

/** Whether a higher or a lower value is the better one; `none` for what describes and does not judge. */
export type Direction = 'higher' | 'lower' | 'none';

/** Lists of metrics that may be asked for by one name. */
export const metricSetNames = ['audit', 'paper'] as const;
export type MetricSetName = (typeof metricSetNames)[number];

export interface MetricOptions {
  /** The metric's own stream: the same seed gives the same values, whatever other metrics are computed. */
  readonly random: RandomStream;
  /**
   * The metric's own stream of input n. What a metric draws for one input comes from here, where `score` gives it: then its
   * value does not depend on which inputs are measured together, and a set can be scored in any batches.
   */
  readonly randomOf?: ((n: number) => RandomStream) | undefined;
  /** Called now and then with the work done, at last with all of it. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

export interface Metric<Name extends MetricName = MetricName, Needs extends Need = Need> {
  readonly name: Name;
  /** What it reads; `measure` is handed these parts of the evidence and no others. */
  readonly needs: readonly Needs[];
  readonly scope: ScopeOf<Name>;
  readonly direction: Direction;
  /** `[lowest, highest]` possible value; infinite where there is no bound */
  readonly range: readonly [low: number, high: number];
  /**
   * `inputs` where the inputs of the whole set must be at hand: a value depends on other inputs, or the metric is of the
   * set and reads them. `explanations` where the value of an input depends on h and θ of others alone. A metric of inputs
   * without it is measured a batch at a time, in constant memory; one of the set or of classes is handed h and θ of all
   * inputs, and the inputs themselves only with `inputs`.
   */
  readonly compares?: 'explanations' | 'inputs';
  /** The lists it is part of, besides `all`. */
  readonly sets: readonly MetricSetName[];
  /** Whether it searches (an attack, an ascent): hundreds of questions an input, so `all` leaves it out, and it is asked for by its name. */
  readonly searches?: true;
  /** Where it was published. */
  readonly source: string;
  /** What a good value does not show, in a sentence. */
  readonly cannotTell: string;
  /** @throws shape_mismatch | inference_failed, never for a model or set that merely has no value: that is `NoValue` */
  measure(evidence: Pick<Evidence, Needs>, options: MetricOptions): Promise<Values[ScopeOf<Name>] | NoValue>;
}

/** A metric as it is written: types `measure` by what `name` and `needs` say. */
export function defineMetric<Name extends MetricName, Needs extends Need>(
  metric: Metric<Name, Needs>,
): Metric<Name, Needs> {
  return metric;
}
