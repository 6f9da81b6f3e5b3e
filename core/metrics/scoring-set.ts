import type { Tensor } from '../tensor.ts';
import type { NamedParts } from './evidence/evidence.ts';
import type { FactorTable } from './evidence/factors.ts';
import type { LoadTrainingInputs } from './evidence/training-concepts.ts';

/** A set to score, in the model's units. */
export interface ScoringInputs {
  /** What the report calls it, for example `mnist:test`. */
  readonly name: string;
  /** `[N, …]` */
  readonly input: Tensor;
  /** `[N]`, class indices, where they are known. */
  readonly labels?: Int32Array;
  /** What generated each input, where that is known. */
  readonly factors?: FactorTable;
  /** Where the parts of each image are, where that is known. */
  readonly parts?: NamedParts;
  /** The labelled inputs that a model of this set learns from, where they are others than those to score. */
  readonly training?: LoadTrainingInputs;
}
