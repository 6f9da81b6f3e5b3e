import type { z } from 'zod';
import { inputShape, type Manifest } from '../../../../core/manifest.ts';
import { type TensorName, tensorsOf } from '../../../inference/served-model.ts';
import type { modelMetadataSchema } from './schema.ts';

/**
 * The tensors that a model takes and gives, under the names that they have in its Triton ensemble. A dimension of -1 is
 * the batch.
 */

/** The name of the one tensor that a model takes. */
export const INPUT = 'input';

/** Triton's name for models that its ONNX Runtime backend runs. */
const PLATFORM = 'onnxruntime_onnx';

/** Shapes of K concepts and C classes, without the batch. */
const outputShapes = {
  concepts: (K) => [K],
  relevances: (K, C) => [K, C],
  contributions: (K, C) => [K, C],
  logits: (_, C) => [C],
  probabilities: (_, C) => [C],
} satisfies Record<TensorName, (K: number, C: number) => number[]>;

export function modelMetadata(
  manifest: Pick<Manifest, 'name' | 'kind' | 'input' | 'concepts' | 'classes'>,
  versions: readonly string[],
): z.infer<typeof modelMetadataSchema> {
  const tensor = (name: string, shape: readonly number[]) => ({
    name,
    datatype: 'FP32' as const,
    shape: [-1, ...shape],
  });
  const [K, C] = [manifest.concepts.length, manifest.classes.length];
  return {
    name: manifest.name,
    versions: [...versions],
    platform: PLATFORM,
    inputs: [tensor(INPUT, inputShape(manifest))],
    outputs: tensorsOf(manifest).map((name) => tensor(name, outputShapes[name](K, C))),
  };
}
