import { type ErrorCode, SennError } from '../../errors.ts';
import { rowsAtOnce } from '../../forward-all.ts';
import { planOf } from '../../graphs.ts';
import { inputShape, type Manifest } from '../../manifest.ts';
import type { Predictor } from '../../predictor.ts';
import { batchSize, rowOf, sizeOf, type Tensor } from '../../tensor.ts';
import { attributionShape } from './parts.ts';

/** Gradients of a class's logit at many inputs: a bounded number of rows at a time through the exported gradient. */

const GIVEN = ['input', 'class_weights'] as const;

/** Whether the model has the gradient of its logits as a graph. */
export const hasGradient = ({ graphs }: Pick<Manifest, 'graphs'>): boolean =>
  planOf(graphs, GIVEN, ['gradient']) !== undefined;

/** Refuses what needs the gradient of a model that has none, and says how it gets one. */
export const withoutGradient = (code: ErrorCode, attribution: string, { name }: Pick<Manifest, 'name'>): SennError =>
  new SennError(
    code,
    `attribution ${attribution} needs gradient.onnx, which model "${name}" has not; senn export models/${name} --out models/${name} --gradients writes it`,
    { attribution, model: name },
  );

/** Inputs that are made only when their batch runs, some for each input that is explained. */
interface Asked {
  /** Whose values they are, for messages. */
  readonly who: string;
  /** `[N, …]`, in the model's units */
  readonly input: Tensor;
  /** `[N]`, the class whose logit is asked about */
  readonly classes: Int32Array;
  /** Rows for each input, S. */
  readonly samples: number;
  /** Writes row s of input n over a copy of that input. Called once each, in rising order. */
  readonly change?: (n: number, s: number, row: Float32Array) => void;
  /** What row s counts; the weights of an input's rows sum to 1. Default: all the same. */
  readonly weightOf?: (s: number) => number;
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

/**
 * The weighted mean over an input's rows of ∂(logit of its class)/∂(row), summed in float64.
 * @returns `[N, …]` flat, in logits per unit of the input
 * @throws unsupported_input where the model has no gradient graph | shape_mismatch | invalid_model | inference_failed
 */
export async function meanGradients(
  { manifest, run }: Pick<Predictor, 'manifest' | 'run'>,
  { who, input, classes, samples, change, weightOf = () => 1 / samples, onProgress }: Asked,
): Promise<Float64Array> {
  if (!hasGradient(manifest)) throw withoutGradient('unsupported_input', who, manifest);
  const [N, C, shape] = [batchSize(input), manifest.classes.length, inputShape(manifest)];
  const width = sizeOf(shape);
  const sums = new Float64Array(N * width);
  const atOnce = rowsAtOnce(shape);
  for (let start = 0; start < N * samples; start += atOnce) {
    const rows = Math.min(atOnce, N * samples - start);
    const changed: Tensor = { shape: [rows, ...shape], data: new Float32Array(rows * width) };
    const weights: Tensor = { shape: [rows, C], data: new Float32Array(rows * C) };
    for (let i = 0; i < rows; i++) {
      const [n, s] = [Math.floor((start + i) / samples), (start + i) % samples];
      const row = rowOf(changed, i);
      row.set(rowOf(input, n));
      change?.(n, s, row);
      weights.data[i * C + (classes[n] as number)] = 1;
    }
    const { gradient } = await run({ input: changed, class_weights: weights }, ['gradient']);
    for (let i = 0; i < rows; i++) {
      const n = Math.floor((start + i) / samples);
      const share = weightOf((start + i) % samples);
      rowOf(gradient, i).forEach((value, at) => {
        sums[n * width + at] = (sums[n * width + at] as number) + share * value;
      });
    }
    onProgress?.(Math.floor((start + rows) / samples), N);
  }
  return sums;
}

/** How the channels of a pixel become one number. */
const joined = {
  /** What they are worth together. */
  sum: (a: number, b: number): number => a + b,
  /** The largest. */
  max: (a: number, b: number): number => Math.max(a, b),
} as const;

/**
 * Values of inputs as values of features: those of a table as they are, of an image the channels of each pixel together.
 * @param values `[N, …]` flat @returns `[N, F]` or `[N, H, W]`
 */
export function perFeature(
  manifest: Pick<Manifest, 'input'>,
  values: Float64Array,
  how: keyof typeof joined = 'sum',
): Tensor {
  const features = attributionShape(manifest);
  const [F, width] = [sizeOf(features), sizeOf(inputShape(manifest))];
  const [N, channels] = [values.length / width, width / F];
  const data = Float32Array.from({ length: N * F }, (_, i) => {
    const [n, f] = [Math.floor(i / F), i % F];
    const own = Array.from({ length: channels }, (__, c) => values[n * width + c * F + f] as number);
    return own.reduce(joined[how]);
  });
  return { shape: [N, ...features], data };
}
