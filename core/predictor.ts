import { SennError } from './errors.ts';
import { argmax, type Explanation, explain } from './explain.ts';
import { type GraphName, graphNames, inputShape, type Manifest } from './manifest.ts';
import { outputOf, type Session } from './session.ts';
import { batchSize, concatRows, sizeOf, sliceRows, type Tensor } from './tensor.ts';
import { TRAVERSAL_STEPS, traversalConcepts, traversalRadius, traversalValues } from './traverse.ts';

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
  /** The same from h and θ already at hand, so that traversals can be asked for later. */
  complete(forward: Forward, options?: PredictOptions): Promise<Prediction[]>;
  close(): Promise<void>;
}

function checkInput(manifest: Manifest, { shape }: Tensor): void {
  const expected = inputShape(manifest);
  if (shape.length !== expected.length + 1 || shape.slice(1).join() !== expected.join()) {
    throw new SennError(
      'shape_mismatch',
      `predict: input [${shape.join(', ')}] must be [batch, ${expected.join(', ')}] for model "${manifest.name}"`,
    );
  }
}

/** A graph's answer must be of the shape that the manifest promised, and finite: JSON has no other numbers. */
function checkOutput({ name }: Manifest, what: string, output: Tensor, expected: readonly number[]): Tensor {
  if (output.shape.join() !== expected.join()) {
    throw new SennError(
      'invalid_model',
      `model "${name}": ${what} [${output.shape.join(', ')}] must be [${expected.join(', ')}] by its manifest`,
    );
  }
  const odd = output.data.findIndex((value) => !Number.isFinite(value));
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
  decoder: Session,
  inputs: readonly (readonly number[])[],
  steps: number,
): Promise<Traversal[][]> {
  const shape = inputShape(manifest);
  const K = manifest.concepts.length;
  const atOnce = Math.max(1, Math.floor(DECODED_AT_ONCE / (K * steps * sizeOf(shape))));
  const traversals: Traversal[][] = [];
  for (let first = 0; first < inputs.length; first += atOnce) {
    const values = inputs.slice(first, first + atOnce).map((concepts) => valuesOf(manifest, concepts, steps));
    const moved = concatRows(values.map((rows, i) => traversalConcepts(inputs[first + i] as number[], rows)));
    const decoded = outputOf(await decoder.run({ concepts: moved }), 'reconstruction');
    checkOutput(manifest, 'reconstruction', decoded, [batchSize(moved), ...shape]);
    values.forEach((rows, i) => {
      const of = (k: number): Tensor => sliceRows(decoded, (i * K + k) * steps, (i * K + k + 1) * steps);
      traversals.push(rows.map((row, k) => ({ concept: k, values: row, decoded: of(k) })));
    });
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
  const complete: Predictor['complete'] = async ({ concepts, relevances }, options = {}) => {
    const { traversals = true, steps = TRAVERSAL_STEPS.default } = options;
    const explanations = explain(concepts, relevances);
    const activations = explanations.map((explanation) => explanation.concepts);
    const moved = traversals ? await traverse(manifest, sessions.decoder, activations, steps) : [];
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
    complete,
    predict: async (input, options) => complete(await forward(input), options),
    close: async () => {
      await Promise.all(graphNames.map((graph) => sessions[graph].close()));
    },
  };
}
