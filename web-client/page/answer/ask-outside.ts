import { explainInputs } from '../../../core/attributions/answers/explain-inputs.ts';
import type { AttributionAnswer } from '../../../core/attributions/answers/schema.ts';
import type { AttributionName } from '../../../core/attributions/attribution.ts';
import type { Predictor } from '../../../core/predictor.ts';
import { batchSize, type Tensor } from '../../../core/tensor.ts';

/** An attribution in the browser, which lets the page draw and listen between two batches, and ends when it is not wanted. */

interface Asked {
  /** `[1, …]`, in the model's units */
  readonly input: Tensor;
  /** Index of the class that is explained. */
  readonly index: number;
  readonly name: AttributionName;
  readonly isWanted: () => boolean;
  /** Called before each batch, with the rows that were asked. */
  readonly onRows: (done: number) => void;
}

class Unwanted extends Error {}

const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));

/** @returns `undefined` where it was not wanted to the end @throws shape_mismatch | invalid_model | inference_failed */
export async function askOutside(
  predictor: Predictor,
  { input, index, name, isWanted, onRows }: Asked,
): Promise<AttributionAnswer | undefined> {
  let rows = 0;
  const forward: Predictor['forward'] = async (batch) => {
    await pause();
    if (!isWanted()) throw new Unwanted();
    onRows(rows);
    rows += batchSize(batch);
    return predictor.forward(batch);
  };
  const asked = { attributions: [{ name }], seed: 0 };
  try {
    const [answers] = await explainInputs({ ...predictor, forward }, input, Int32Array.of(index), asked);
    return isWanted() ? answers?.[name] : undefined;
  } catch (error) {
    if (error instanceof Unwanted) return undefined;
    throw error;
  }
}
