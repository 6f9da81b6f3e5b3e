import { argmax, type Explanation, explain } from './artefacts/contributions.ts';
import { TRAVERSAL_STEPS, traversalPlan, traversalRadius, traversalValues } from './artefacts/traversals.ts';
import { SennError } from './errors.ts';
import { type GraphName, graphNames, inputShape, type Manifest } from './manifest.ts';
import { outputOf, type Session } from './session.ts';
import { batchSize, concatRows, sizeOf, type Tensor, takeRows } from './tensor.ts';

/** One concept moved around the input's own activation, and what the decoder makes of it. */
export interface Traversal {
  /** Index k of the concept that moves. */
  readonly concept: number;
  /** `[S]`, the activations it takes; all the same for a constant concept. */
  readonly values: number[];
  /** `[S, …]`, the decoded inputs, in the units of `input`. */
  readonly decoded: Tensor;
}

export interface Prediction extends Explanation {
  readonly label: string;
  readonly index: number;
  readonly probability: number;
  /** Empty unless asked for. */
  readonly traversals: Traversal[];
}

export interface PredictOptions {
  /** Decode traversals. Default `true`. */
  readonly traversals?: boolean;
  /** Steps of a traversal. Default 7. */
  readonly steps?: number;
}

/** h(x) and θ(x) of a batch, as the graphs give them: `[N, K]` and `[N, K, C]`. */
export interface Forward {
  readonly concepts: Tensor;
  readonly relevances: Tensor;
}

/** A model ready to predict, on whatever runs its sessions. */
export interface Predictor {
  readonly manifest: Manifest;
  readonly executionProvider: string;
  /** @param input `[N, …]` in the model's units @throws shape_mismatch | invalid_model | inference_failed */
  forward(input: Tensor): Promise<Forward>;
  /** @param input `[N, …]` in the model's units @throws shape_mismatch | invalid_model | inference_failed */
  predict(input: Tensor, options?: PredictOptions): Promise<Prediction[]>;
  /**
   * What the decoder makes of concept vectors.
   * @param concepts `[M, K]`, unit-free
   * @returns `[M, …]` in the units of `input`
   * @throws invalid_model | inference_failed
   */
  decode(concepts: Tensor): Promise<Tensor>;
  /** The same from h and θ already at hand, so that traversals can be asked for later. */
  complete(forward: Forward, options?: PredictOptions): Promise<Prediction[]>;
  close(): Promise<void>;
}

/** @throws shape_mismatch */
export function checkInput(manifest: Manifest, { shape }: Tensor): void {
  const expected = inputShape(manifest);
  if (shape.length !== expected.length + 1 || shape.slice(1).join() !== expected.join()) {
    throw new SennError(
      'shape_mismatch',
      `predict: input [${shape.join(', ')}] must be [batch, ${expected.join(', ')}] for model "${manifest.name}"`,
    );
  }
}

/** Index of the first value that is not finite, or −1. Of an answer that is good, the difference to itself is 0. */
function firstOdd(values: Float32Array): number {
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    if (value - value !== 0) return i;
  }
  return -1;
}

/** A graph's answer must be of the shape that the manifest promised, and finite: JSON has no other numbers. */
function checkOutput({ name }: Manifest, what: string, output: Tensor, expected: readonly number[]): Tensor {
  if (output.shape.join() !== expected.join()) {
    throw new SennError(
      'invalid_model',
      `model "${name}": ${what} [${output.shape.join(', ')}] must be [${expected.join(', ')}] by its manifest`,
    );
  }
  const odd = firstOdd(output.data);
  if (odd >= 0) {
    throw new SennError(
      'inference_failed',
      `model "${name}": ${what}[${odd}] is ${output.data[odd]}; every value must be finite`,
      { output: what, index: odd, value: String(output.data[odd]) },
    );
  }
  return output;
}

/** Values that one run of the decoder gives at most, unless a single input's traversals are more: 8 MiB. */
const DECODED_AT_ONCE = 2 ** 21;

/** The traversals of every input, decoded together. @param inputs `[N][K]` concepts @returns `[N][K]` */
async function traverse(
  manifest: Manifest,
  decode: Predictor['decode'],
  inputs: readonly (readonly number[])[],
  steps: number,
): Promise<Traversal[][]> {
  const shape = inputShape(manifest);
  const atOnce = Math.max(1, Math.floor(DECODED_AT_ONCE / (manifest.concepts.length * steps * sizeOf(shape))));
  const traversals: Traversal[][] = [];
  for (let first = 0; first < inputs.length; first += atOnce) {
    const planned = inputs.slice(first, first + atOnce).map((concepts) => {
      const values = valuesOf(manifest, concepts, steps);
      return { values, plan: traversalPlan(concepts, values) };
    });
    const moved = concatRows(planned.map(({ plan }) => plan.concepts));
    const decoded = await decode(moved);
    let row = 0;
    for (const { values, plan } of planned) {
      const own = row;
      row += batchSize(plan.concepts);
      traversals.push(
        values.map((taken, k) => ({
          concept: k,
          values: taken,
          decoded: takeRows(
            decoded,
            (plan.rows[k] as number[]).map((step) => own + step),
          ),
        })),
      );
    }
  }
  return traversals;
}

/** What each concept takes in its traversal: `[K][S]`. */
function valuesOf({ concepts }: Manifest, activations: readonly number[], steps: number): number[][] {
  return concepts.map(({ quantiles }, k) =>
    traversalValues(activations[k] as number, traversalRadius(quantiles), steps),
  );
}

/** The predictor over three open sessions. It owns them: `close` closes all. */
export function createPredictor(manifest: Manifest, sessions: Readonly<Record<GraphName, Session>>): Predictor {
  const decode: Predictor['decode'] = async (concepts) => {
    const decoded = outputOf(await sessions.decoder.run({ concepts }), 'reconstruction');
    return checkOutput(manifest, 'reconstruction', decoded, [batchSize(concepts), ...inputShape(manifest)]);
  };
  const complete: Predictor['complete'] = async ({ concepts, relevances }, options = {}) => {
    const { traversals = true, steps = TRAVERSAL_STEPS.default } = options;
    const explanations = explain(concepts, relevances);
    const activations = explanations.map((explanation) => explanation.concepts);
    const moved = traversals ? await traverse(manifest, decode, activations, steps) : [];
    return explanations.map((explanation, n) => {
      const index = argmax(explanation.logits);
      return {
        label: manifest.classes[index] as string,
        index,
        probability: explanation.probabilities[index] as number,
        ...explanation,
        traversals: moved[n] ?? [],
      };
    });
  };
  const forward: Predictor['forward'] = async (input) => {
    checkInput(manifest, input);
    const N = batchSize(input);
    const K = manifest.concepts.length;
    const C = manifest.classes.length;
    if (N === 0) {
      const data = new Float32Array(0);
      return { concepts: { shape: [0, K], data }, relevances: { shape: [0, K, C], data } };
    }
    const [h, theta] = await Promise.all([sessions.conceptizer.run({ input }), sessions.parameterizer.run({ input })]);
    return {
      concepts: checkOutput(manifest, 'concepts', outputOf(h, 'concepts'), [N, K]),
      relevances: checkOutput(manifest, 'relevances', outputOf(theta, 'relevances'), [N, K, C]),
    };
  };
  return {
    manifest,
    executionProvider: sessions.parameterizer.executionProvider,
    forward,
    decode,
    complete,
    predict: async (input, options) => complete(await forward(input), options),
    close: async () => {
      await Promise.all(graphNames.map((graph) => sessions[graph].close()));
    },
  };
}
