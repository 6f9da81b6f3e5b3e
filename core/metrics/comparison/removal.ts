import type { Attributed, AttributionTarget } from '../../attributions/attribution.ts';
import type { Tensor } from '../../tensor.ts';
import type { Explanations } from '../evidence/explanations.ts';
import type { ScoredModel } from '../evidence/scored-model.ts';
import type { NoValue } from '../no-value.ts';

/**
 * The contract of a removal: a way to take parts of an input away and see what becomes of the prediction, by which every
 * explanation of it can be judged. One file a removal, one row in the table (index.ts).
 */

export interface RemovalContext {
  readonly model: ScoredModel;
  readonly explanations: Explanations;
  /** `[F]` or `[C, H, W]` in the model's units: what a removed feature is set to */
  readonly baseline: Tensor;
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

/** What was taken away, and what that did. N inputs. */
export interface Removed {
  /** `[N][1 + parts]`, 1 − p of the predicted class: as it is, then without each part */
  readonly complements: readonly (readonly number[])[];
  /**
   * What an attribution says of each part of input n, or why it says nothing of such parts.
   * @param over what the attribution is of
   */
  readonly saidOf: (over: AttributionTarget) => ((attributed: Attributed, n: number) => number[]) | NoValue;
}

/** Takes parts away, once for all explanations. @throws shape_mismatch | invalid_model | inference_failed */
export type Remove = (context: RemovalContext) => Promise<Removed>;
