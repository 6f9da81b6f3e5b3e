import { argmax, logitsOf } from '../../artefacts/explanation.ts';
import { SennError } from '../../errors.ts';
import type { Manifest } from '../../manifest.ts';
import type { Forward } from '../../predictor.ts';
import { unitInput } from '../../tables/unit-input.ts';
import { batchSize, firstNonFinite, rowOf, sizeOf, type Tensor } from '../../tensor.ts';

/** The explained inputs of a scored set. N inputs, K concepts, C classes. */
export interface Explanations {
  /** `[N, …]` in the model's units: what it is fed */
  readonly input: Tensor;
  /** `[N, …]` in [0, 1]: the space in which inputs are near each other (`unitInput`) */
  readonly unitInput: Tensor;
  /** `[N, K]`, h(x), unit-free */
  readonly concepts: Tensor;
  /** `[N, K, C]`, θ(x), logits per concept unit */
  readonly relevances: Tensor;
  /** `[N]`, index of the predicted class: the largest logit, the first one of equals */
  readonly predicted: Int32Array;
}

function checkFinite(what: string, t: Tensor): void {
  const at = firstNonFinite(t.data);
  if (at !== -1) {
    const width = sizeOf(t.shape.slice(1));
    throw new SennError('inference_failed', `score: ${what} of input ${Math.floor(at / width)} hold ${t.data[at]}`, {
      index: Math.floor(at / width),
    });
  }
}

/**
 * Brings h, θ and the inputs they came from together, once and checked; metrics trust what they get.
 * @param description what the model takes
 * @param input `[N, …]` in the model's units
 * @param forward `concepts [N, K]`, `relevances [N, K, C]`
 * @throws shape_mismatch | inference_failed where a value is not finite
 */
export function explanationsOf(
  description: Manifest['input'],
  input: Tensor,
  { concepts, relevances }: Forward,
): Explanations {
  const N = batchSize(input);
  const K = concepts.shape[1];
  if (
    concepts.shape.length !== 2 ||
    relevances.shape.length !== 3 ||
    concepts.shape[0] !== N ||
    relevances.shape[0] !== N ||
    relevances.shape[1] !== K
  ) {
    throw new SennError(
      'shape_mismatch',
      `score: concepts [${concepts.shape.join(', ')}] must be [N, K] and relevances [${relevances.shape.join(', ')}] [N, K, C] for the ${N} inputs [${input.shape.join(', ')}]`,
    );
  }
  checkFinite('values', input);
  checkFinite('concepts', concepts);
  checkFinite('relevances', relevances);
  const predicted = new Int32Array(N);
  for (let n = 0; n < N; n++) predicted[n] = argmax(logitsOf(rowOf(concepts, n), rowOf(relevances, n)));
  return { input, unitInput: unitInput(description, input), concepts, relevances, predicted };
}
