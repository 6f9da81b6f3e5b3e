import type { Predictor } from '../../predictor.ts';
import { inputStream } from '../../random.ts';
import { batchSize, rowOf, sliceRows, type Tensor } from '../../tensor.ts';
import type { AttributionName } from '../attribution.ts';
import { attributions } from '../index.ts';
import { areOfTrainingSet } from '../lime/surroundings.ts';
import { type Baseline, baselineKinds, usualBaseline } from '../shared/baseline.ts';
import type { AttributionAnswer, AttributionAnswers } from './schema.ts';

/** Attributions of inputs as answers tell them, by what the model's folder holds alone: no training input is at hand. */

/** One that is asked for. */
export interface AskedAttribution {
  readonly name: AttributionName;
  /** Rows that the model is asked about one input, at most; absent: as many as the attribution documents. */
  readonly queries?: number | undefined;
}

export interface AskedOfInputs {
  readonly attributions: readonly AskedAttribution[];
  /** The same seed gives the same values of an input, whatever is asked with it. */
  readonly seed: number;
}

export type Asking = Pick<Predictor, 'manifest' | 'forward' | 'run' | 'decode'>;

/** Called before the model is asked more rows, with those that it was asked of all inputs; it throws to end the work. */
export type BeforeRows = (rows: number) => void;

/** The predictor, counted. */
function counted(predictor: Asking, before: BeforeRows) {
  const count = { rows: 0 };
  const forward: Asking['forward'] = async (input) => {
    before(count.rows);
    count.rows += batchSize(input);
    return predictor.forward(input);
  };
  return { count, asking: { ...predictor, forward } };
}

const told = (values: Float32Array): number | number[] => {
  const [first = 0] = values;
  return values.every((value) => value === first) ? first : Array.from(values);
};

/** Facts of an attribution that are the same for every input. */
function factsOf(
  { input }: Asking['manifest'],
  name: AttributionName,
  baseline: Baseline,
): Pick<AttributionAnswer, 'explains' | 'features' | 'baseline' | 'drawn'> {
  const drawn = input.kind === 'tabular' && attributions[name].draws;
  return {
    explains: attributions[name].explains as AttributionAnswer['explains'],
    ...(input.kind === 'tabular' && { features: input.features.map((feature) => feature.name) }),
    baseline: { kind: baseline.kind, is: baselineKinds[baseline.kind], values: told(baseline.input.data) },
    ...(drawn && { drawn: areOfTrainingSet(input) ? 'quartiles' : 'ranges' }),
  };
}

/**
 * @param input `[N, …]` in the model's units
 * @param classes `[N]`, the class that is explained, for each input
 * @returns `[N]`
 * @throws what `before` throws | shape_mismatch | invalid_model | inference_failed
 */
export async function explainInputs(
  predictor: Asking,
  input: Tensor,
  classes: Int32Array,
  { attributions: asked, seed }: AskedOfInputs,
  before: BeforeRows = () => {},
): Promise<AttributionAnswers[]> {
  const { manifest } = predictor;
  const { count, asking } = counted(predictor, before);
  const baseline = await usualBaseline(predictor);
  const answers: AttributionAnswers[] = [];
  for (let n = 0; n < batchSize(input); n++) {
    const index = classes[n] as number;
    const of = { label: manifest.classes[index] as string, index };
    const row = sliceRows(input, n, n + 1);
    const answer: Record<string, AttributionAnswer> = {};
    for (const { name, queries } of asked) {
      const start = count.rows;
      const { values } = await attributions[name].attribute(asking, row, Int32Array.of(index), {
        randomOf: () => inputStream(seed, name, 0),
        baseline: baseline.input,
        queries,
      });
      answer[name] = {
        class: of,
        ...factsOf(manifest, name, baseline),
        shape: values.shape.slice(1),
        values: Array.from(rowOf(values, 0)),
        queries: count.rows - start,
        seed,
      };
    }
    answers.push(answer);
  }
  return answers;
}
