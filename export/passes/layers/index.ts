import type * as tfl from '@tensorflow/tfjs-layers';
import { foldBatchNormalization } from './fold-batch-normalization.ts';
import type { Replacements } from './replacements.ts';

/** The clean-ups of a model's layers, before any of them is written. The model itself stays as it is. */

/** Law: with the replacements, the layers are the same function as before, up to rounding. */
export type LayerPass = (model: tfl.LayersModel) => Replacements;

/** By the option of an export that asks for it. No two replace the same layer. A new one is a file and a row. */
export const layerPasses = { foldBatchNormalization } as const satisfies Record<string, LayerPass>;

export type LayerPassName = keyof typeof layerPasses;

/** What the passes that are asked for replace. */
export function replacementsFor(
  model: tfl.LayersModel,
  wanted: Readonly<Record<LayerPassName, boolean>>,
): Replacements {
  const names = (Object.keys(layerPasses) as LayerPassName[]).filter((name) => wanted[name]);
  return new Map(names.flatMap((name) => [...layerPasses[name](model)]));
}
