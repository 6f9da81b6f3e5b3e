import type * as tf from '@tensorflow/tfjs';
import type { Manifest } from '../../core/manifest.ts';
import type { FeatureScaling as Scaling } from '../datasets/dataset.ts';

/** What all networks have in common, whatever the kind of model. */

/**
 * The networks of a model by name, as tfjs LayersModels; those named as graphs of the contract are exported. Images are
 * `[N, H, W, C]`.
 */
export type NamedNetworks = {
  /** `[N, …] → [N, K]`, the concepts h; what else it gives comes after them */
  readonly conceptizer: tf.LayersModel;
  /** → `[N, K, classes]`, the relevances θ */
  readonly parameterizer: tf.LayersModel;
} & Readonly<Record<string, tf.LayersModel>>;

/** What networks are made for. */
export interface Task {
  readonly input: Manifest['input'];
  readonly classes: number;
  /** How the input is scaled before the networks see it: an entry for each feature, or one for all. */
  readonly scaling?: readonly Scaling[] | undefined;
}

/** `[height, width, channels]`, of an image as the networks take it or of feature maps. */
export type ImageShape = readonly [height: number, width: number, channels: number];

/** Shape of one input as the networks take it: `[H, W, C]` or `[features]`. */
export function networkShape(input: Manifest['input']): number[] {
  return input.kind === 'image' ? [input.height, input.width, input.channels] : [input.features.length];
}

/** Number of concepts K, with the constant one where there is one. */
export function conceptCount({ conceptizer }: Pick<NamedNetworks, 'conceptizer'>): number {
  return conceptizer.outputs[0]?.shape[1] as number;
}

/** Every weight that training changes, of some of the networks. */
export function trainableVariables(models: readonly tf.LayersModel[]): tf.Variable[] {
  return models.flatMap((model) => model.trainableWeights.map((weight) => weight.read() as tf.Variable));
}
