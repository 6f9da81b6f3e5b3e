import type { RandomStream } from '../../random.ts';
import type { CodedSample } from '../evidence/factors.ts';
import type { CodedGroups } from '../evidence/groups.ts';

export interface Measurement<Figure extends string = string> {
  /** Unit-free, in [0, 1]. */
  readonly figures: Readonly<Record<Figure, number>>;
  /** `[K, F]`, what the figures were taken from: codes by varying factors; each metric says in which unit. */
  readonly matrix: readonly (readonly number[])[];
}

interface Described {
  readonly name: string;
  /** Where the metric was published. */
  readonly source: string;
  /** Each figure of the measurement, and whether a higher or a lower value is the better one. */
  readonly figures: Readonly<Record<string, 'higher' | 'lower'>>;
}

/** Reads codes and factors of rows drawn at random. */
export interface SampleMetric extends Described {
  readonly reads: 'sample';
  measure(sample: CodedSample, random: RandomStream): Measurement;
}

/** Draws rows of its own, such that share the value of a factor. */
export interface GroupMetric extends Described {
  readonly reads: 'groups';
  measure(groups: CodedGroups, random: RandomStream): Promise<Measurement>;
}

export type DisentanglementMetric = SampleMetric | GroupMetric;
