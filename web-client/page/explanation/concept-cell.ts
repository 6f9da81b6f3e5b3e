import type { Prediction } from '../../../core/predictor.ts';
import type { Comparison } from '../../../core/reasons/comparison.ts';
import type { Tensor } from '../../../core/tensor.ts';

/** An input, and what was predicted for it. */
export interface Explained {
  /** `[1, …]`, in the model's units */
  readonly input: Tensor;
  readonly prediction: Prediction;
  /** What was found by asking a black box about changed inputs, as a clause. */
  readonly outside?: string | undefined;
}

/** What is shown of a concept itself, beside its contribution. */
export interface ConceptCell {
  readonly cell: HTMLElement;
  set(explained: Explained | undefined, comparison: Comparison | undefined): void;
}
