import { SennError } from '../../errors.ts';
import { planOf } from '../../graphs.ts';
import { inputShape, type Manifest } from '../../manifest.ts';
import type { Predictor } from '../../predictor.ts';
import { featuresOfConcepts } from '../../tables/named-concepts.ts';
import { batchSize, sizeOf, type Tensor } from '../../tensor.ts';

/** What a feature is set to when it is taken away. */

/** Value of every pixel of an image in which nothing is: the ground that strokes stand on, or grey where unknown. */
const GROUND = { light: 0, dark: 1, unknown: 0.5 } as const;

/** What baselines are, by what an answer calls them. */
export const baselineKinds = {
  means: 'the mean of each feature over the training set',
  middle: 'the middle of each feature’s range over the training set, since its mean is not known',
  ground: 'the ground that the strokes of an image stand on',
  grey: 'grey, since nothing is known of what is usual in an image',
} as const;
export type BaselineKind = keyof typeof baselineKinds;

/** A baseline, and what it is. */
export interface Baseline {
  readonly kind: BaselineKind;
  /** `[F]` or `[C, H, W]` in the model's units */
  readonly input: Tensor;
}

/**
 * An input in which nothing is present, where nobody says a better one: the middle of each feature's range; of an
 * image black or white, whichever the model's `foreground` stands out from, and grey where it names none.
 * @returns `[F]` or `[C, H, W]` in the model's units
 */
export function emptyInput(manifest: Pick<Manifest, 'input'>): Tensor {
  const { input } = manifest;
  const shape = inputShape(manifest);
  if (input.kind === 'image') {
    return { shape, data: new Float32Array(sizeOf(shape)).fill(GROUND[input.foreground ?? 'unknown']) };
  }
  return { shape, data: Float32Array.from(input.features, ({ range: [low, high] }) => low + (high - low) / 2) };
}

/** The same, and what it is called. */
function emptyBaseline(manifest: Pick<Manifest, 'input'>): Baseline {
  const { input } = manifest;
  const ofImage = (): BaselineKind => (input.kind === 'image' && input.foreground === undefined ? 'grey' : 'ground');
  return { kind: input.kind === 'image' ? ofImage() : 'middle', input: emptyInput(manifest) };
}

/** The baseline that was given, or `emptyInput`. @throws shape_mismatch where it is no input of the model */
export function baselineOr(manifest: Pick<Manifest, 'input'>, given: Tensor | undefined, who: string): Tensor {
  if (given === undefined) return emptyInput(manifest);
  const shape = inputShape(manifest);
  if (given.shape.join() !== shape.join()) {
    throw new SennError(
      'shape_mismatch',
      `${who}: baseline [${given.shape.join(', ')}] must be one input [${shape.join(', ')}]`,
    );
  }
  return given;
}

/** Mean of each feature. @param rows `[M, F]`, M ≥ 1 @returns `[F]` */
function meanOf(rows: Tensor): Tensor {
  const [M, F] = [batchSize(rows), sizeOf(rows.shape.slice(1))];
  const sums = new Float64Array(F);
  for (let i = 0; i < rows.data.length; i++) sums[i % F] = (sums[i % F] as number) + (rows.data[i] as number);
  return { shape: [F], data: Float32Array.from(sums, (sum) => sum / M) };
}

/**
 * What the features of a table usually are: their means over the training set. The manifest tells them with the features
 * themselves, or where every feature is a concept and the model can decode (as `faithfulness.input` takes them); else they are of the training
 * inputs that are given. Of an image, and of a table of which neither is known, `emptyInput`.
 * @param training `[M, F]` in the model's units
 * @throws invalid_model | inference_failed
 */
export async function usualBaseline(
  { manifest, decode }: Pick<Predictor, 'manifest' | 'decode'>,
  training?: Tensor,
): Promise<Baseline> {
  const { input, concepts, graphs } = manifest;
  if (input.kind === 'image') return emptyBaseline(manifest);
  const shape = inputShape(manifest);
  const kept = input.features.map(({ mean }) => mean);
  if (!kept.includes(undefined)) {
    return { kind: 'means', input: { shape, data: Float32Array.from(kept, (mean) => mean ?? 0) } };
  }
  const named = new Set(featuresOfConcepts(manifest));
  const means = concepts.map(({ mean, quantiles: { q05, q95 } }) => mean ?? (q05 === q95 ? q05 : undefined));
  const isKnown = input.features.every((_, f) => named.has(f)) && !means.includes(undefined);
  if (isKnown && planOf(graphs, ['concepts'], ['reconstruction']) !== undefined) {
    const decoded = await decode({
      shape: [1, means.length],
      data: Float32Array.from(means, (mean) => mean ?? 0),
    });
    return { kind: 'means', input: { shape, data: decoded.data } };
  }
  const isGiven = training !== undefined && batchSize(training) > 0;
  return isGiven ? { kind: 'means', input: meanOf(training) } : emptyBaseline(manifest);
}

/** The input of `usualBaseline`. @returns `[F]` or `[C, H, W]` in the model's units @throws invalid_model | inference_failed */
export const usualInput = async (
  predictor: Pick<Predictor, 'manifest' | 'decode'>,
  training?: Tensor,
): Promise<Tensor> => (await usualBaseline(predictor, training)).input;
