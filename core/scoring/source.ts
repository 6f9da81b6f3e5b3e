import type { Manifest } from '../manifest.ts';
import type { FactorTable } from '../metrics/evidence/factors.ts';
import type { LoadTrainingInputs } from '../metrics/evidence/training-concepts.ts';
import type { ScoringInputs } from '../metrics/scoring-set.ts';
import { batchSize, sliceRows, type Tensor } from '../tensor.ts';
import type { Choice } from './sample.ts';

/** A set to score that is read a batch at a time, so that it need not fit in memory. */

/** An input that is not scored. */
export interface Unusable {
  /** Its place in the set, from 0 on. */
  readonly index: number;
  /** Where it stands, for whoever mends it: a path, a line. */
  readonly where: string;
  readonly reason: string;
}

/** Inputs of one batch. */
export interface LoadedBatch {
  /** `[n]`, the places in the set of those that are usable, ascending */
  readonly rows: Int32Array;
  /** `[n, …]` in the model's units */
  readonly input: Tensor;
  /** `[n]`, class indices, where the set tells them. */
  readonly labels?: Int32Array;
  readonly unusable: readonly Unusable[];
}

export interface ScoringSource {
  /** What the report calls it, for example `mnist:test`. */
  readonly name: string;
  /** Inputs, the unusable among them. */
  readonly count: number;
  /** Inputs of the whole set, where these are a sample of it. */
  readonly of?: number;
  /** `[…]`, of one input. */
  readonly shape: readonly number[];
  /** SHA-256 of what it is read from, so that a report says what it is of. */
  readonly digest: string;
  readonly labelled: boolean;
  /** What generated each input, where that is known; of all inputs, so none of such a set may be unusable. */
  readonly factors?: FactorTable;
  readonly training?: LoadTrainingInputs;
  /** Inputs `[start, end)`, the same ones each time. */
  read(start: number, end: number): Promise<LoadedBatch>;
  close?(): Promise<void>;
}

export interface SourceOptions extends Choice {
  /** What the model takes. */
  readonly input: Manifest['input'];
  /** Names of the model's classes, which labels are told by. */
  readonly classes?: readonly string[];
}

/** Opens the set that `--data` names, for example `mnist:test`. */
export type OpenSource = (specification: string, options: SourceOptions) => Promise<ScoringSource>;

/** Inputs that are in memory already, all of them usable. */
export function sourceOf(inputs: ScoringInputs, digest: string): ScoringSource {
  const { name, input, labels, factors, training } = inputs;
  return {
    name,
    count: batchSize(input),
    shape: input.shape.slice(1),
    digest,
    labelled: labels !== undefined,
    ...(factors && { factors }),
    ...(training && { training }),
    read: async (start, end) => ({
      rows: Int32Array.from({ length: end - start }, (_, i) => start + i),
      input: sliceRows(input, start, end),
      ...(labels && { labels: labels.slice(start, end) }),
      unusable: [],
    }),
  };
}
