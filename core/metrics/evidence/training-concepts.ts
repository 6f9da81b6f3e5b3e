import { forwardAll } from '../../forward-all.ts';
import { inputShape } from '../../manifest.ts';
import type { Tensor } from '../../tensor.ts';
import { mostRows } from '../shared/spread.ts';
import type { ScoredModel } from './scored-model.ts';

/** Concepts of inputs that the model was trained on, for what has to be learned before it is measured. */

/** Inputs with their classes. M inputs. */
export interface LabelledInputs {
  /** `[M, …]` in the model's units */
  readonly input: Tensor;
  /** `[M]`, class indices */
  readonly labels: Int32Array;
}

/** Loads inputs of the training split, when they are needed. @param most how many at most, spread evenly over the split */
export type LoadTrainingInputs = (most: number) => Promise<LabelledInputs>;

/** M training inputs as the model's concepts. */
export interface LabelledConcepts {
  /** `[M, K]`, h(x), unit-free */
  readonly concepts: Tensor;
  /** `[M]`, class indices */
  readonly labels: Int32Array;
}

/** Training inputs that are looked at, at most; fewer where they are large. */
export const MOST_TRAINING_INPUTS = 20_000;

/**
 * Loaded and encoded when first asked for, and the same ones from then on.
 * @returns what throws as `load`, shape_mismatch | invalid_model | inference_failed
 */
export function trainingConcepts(model: ScoredModel, load: LoadTrainingInputs): () => Promise<LabelledConcepts> {
  let known: Promise<LabelledConcepts> | undefined;
  const encode = async (): Promise<LabelledConcepts> => {
    const { input, labels } = await load(mostRows(MOST_TRAINING_INPUTS, inputShape(model.manifest)));
    return { concepts: (await forwardAll(model, input)).concepts, labels };
  };
  return () => {
    known ??= encode();
    return known;
  };
}
