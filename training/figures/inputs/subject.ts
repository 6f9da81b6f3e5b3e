import { SennError } from '../../../core/errors.ts';
import type { Manifest } from '../../../core/manifest.ts';
import type { Prediction } from '../../../core/predictor.ts';

/** What a figure must know of a model; its manifest says it, and so does the record of its run. */
export type Subject = Pick<Manifest, 'input' | 'classes' | 'concepts'>;

/** A prediction must be of the model that the figure names. @throws shape_mismatch */
export function checkPrediction({ concepts, classes }: Subject, prediction: Prediction, where: string): void {
  const { contributions, index } = prediction;
  const [K, C] = [concepts.length, classes.length];
  if (contributions.length !== K || contributions.some(({ length }) => length !== C) || classes[index] === undefined) {
    throw new SennError(
      'shape_mismatch',
      `${where}: contributions [${contributions.length}, ${contributions[0]?.length ?? 0}] to class ${index} must be [${K}, ${C}], as the model has ${K} concepts and ${C} classes`,
    );
  }
}

/** A class in a heading. */
export const quoted = ({ classes }: Subject, index: number): string => `“${classes[index]}”`;
