import type { Statics } from '../artefacts/artefact.ts';
import type { ArtefactName } from '../artefacts/index.ts';
import type { AttributionAnswers } from '../attributions/answers/schema.ts';
import type { AttributionName } from '../attributions/attribution.ts';
import type { Manifest } from '../manifest.ts';
import type { Prediction } from '../predictor.ts';
import type { Comparison } from '../reasons/comparison.ts';
import type { TurningPoint } from '../reasons/turning-point.ts';
import type { Tensor } from '../tensor.ts';

/** What a figure is made from, and what is asked of it. */

/** One input of a figure. */
export interface Panel {
  /** `[C, H, W]` in [0, 1], or `[F]` in the features' own units */
  readonly input: Tensor;
  readonly prediction: Prediction;
  /** What would tip the decision between the two classes that are set beside each other, where it was asked for. */
  readonly turn?: TurningPoint | undefined;
  /** By their names, where some were asked for. */
  readonly attributions?: AttributionAnswers | undefined;
}

/** The same with the two classes of it that are set beside each other. */
export interface ComparedPanel extends Panel {
  readonly comparison: Comparison;
}

/** What of a manifest a figure needs; the record of a training run has it too. */
export type Subject = Pick<
  Manifest,
  'name' | 'version' | 'input' | 'classes' | 'concepts' | 'profiles' | 'artefacts' | 'audit'
>;

/** What a figure explains. */
export interface FigureModel {
  readonly manifest: Subject;
  /** The contents of the model's static artefacts, as far as they are at hand. */
  readonly statics: Statics;
}

/** What of a figure is asked for. */
export interface FigureOptions {
  /** Steps of a traversal. */
  readonly steps: number;
  /** A class to set beside the predicted one, by its label; else, and where it is itself predicted, the runner-up is. */
  readonly contrast?: string | undefined;
  /** Artefacts by name that a figure holds only where they are asked for. */
  readonly explain?: readonly ArtefactName[];
  /** Attributions of the input, by name; where there is none, none was asked for. */
  readonly attributions?: { readonly names: readonly AttributionName[] } | undefined;
}

/**
 * An image as a `data:` URI. Whoever draws brings an encoder, since no codec runs everywhere.
 * @param image `[C, H, W]` in [0, 1], C 1 (grey) or 3 (RGB)
 */
export type EncodeImage = (image: Tensor) => string;
