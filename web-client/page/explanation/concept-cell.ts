import type { Prediction } from '../../../core/predictor.ts';
import type { Comparison } from '../../../core/reasons/comparison.ts';
import type { Moved } from '../../../core/reasons/moved.ts';
import type { Tensor } from '../../../core/tensor.ts';

/** An input, and what is said of it. */
export interface Explained {
  /** `[1, …]`, in the model's units */
  readonly input: Tensor;
  /** What was predicted of the input as it is. */
  readonly base: Prediction;
  /** What is shown: the same, or what the model says of the concepts that were set. */
  readonly prediction: Prediction;
  /** What came of the concepts, where they were set. */
  readonly moved?: Moved | undefined;
  /** What was found by asking a black box about changed inputs, as a clause. */
  readonly outside?: string | undefined;
}

/** What is shown of a concept itself, beside its contribution. */
export interface ConceptCell {
  readonly cell: HTMLElement;
  set(explained: Explained | undefined, comparison: Comparison | undefined): void;
}
