import type { Manifest } from '../../../core/manifest.ts';
import type { Prediction } from '../../../core/predictor.ts';
import type { Tensor } from '../../../core/tensor.ts';
import type { Frame } from './layout.ts';

/** One input of a figure. */
export interface Panel {
  /** `[C, H, W]` in [0, 1], or `[F]` in the features' own units */
  readonly input: Tensor;
  readonly prediction: Prediction;
}

/** What a figure explains. */
export interface FigureModel {
  readonly manifest: Manifest;
  /** `[K, P, …]` in the units of `input`, as core/artefacts/prototypes.ts has them; `undefined` where the model has none at hand. */
  readonly prototypes: Tensor | undefined;
}

/** What of a figure is asked for. */
export interface FigureOptions {
  /** Steps of a traversal. */
  readonly steps: number;
  /** A class to set beside the predicted one, by its label; else, and where it is itself predicted, the runner-up is. */
  readonly contrast?: string | undefined;
}

/** How inputs of one kind are drawn; the bars are drawn alike for all. */
export interface Drawing {
  readonly frame: Frame;
  /** Titles of the columns. @param y baseline of their first line */
  header(y: number): string[];
  /** The input, and one row a concept. @param top of the first row */
  content(panel: Panel, top: number): string[];
}

export type DrawingOf = (model: FigureModel, options: FigureOptions) => Drawing;
