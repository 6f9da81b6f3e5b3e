import { argmax, explain } from '../../../core/artefacts/explanation.ts';
import type { Subject } from '../../../core/figure/panel.ts';
import type { Manifest } from '../../../core/manifest.ts';
import type { Prediction, Traversal } from '../../../core/predictor.ts';

/** A small model and its predictions, made up so that every number is known. */

export const concept = (name: string): Manifest['concepts'][number] => ({
  name,
  quantiles: { q05: -1, q25: -0.5, q50: 0, q75: 0.5, q95: 1 },
  prototypes: [],
});

export const SIDE = 4;

/** Images of 4 × 4 pixels, 3 concepts, 3 classes. */
export const imageModel: Subject = {
  ...{ name: 'animals', version: '1', artefacts: ['contributions', 'traversals'] },
  input: { kind: 'image', channels: 1, height: SIDE, width: SIDE },
  classes: ['cat', '<b>&', 'dog'],
  concepts: [concept('ears'), concept('<i>"&\''), concept('tail')],
};

/** Two features of which the second is a concept too, and a concept that is none. */
export const tableModel: Subject = {
  ...{ name: 'crimes', version: '1', artefacts: ['contributions', 'traversals'] },
  input: {
    kind: 'tabular',
    features: [
      { name: 'age', unit: 'years', range: [0, 100] },
      { name: 'priors', range: [0, 10] },
    ],
  },
  classes: ['low', 'high'],
  concepts: [concept('priors'), concept('constant')],
};

/** An image whose every pixel has one value. */
export const flat = (value: number) => ({ shape: [1, SIDE, SIDE], data: new Float32Array(SIDE * SIDE).fill(value) });

/** The explanation of `h = [K]` and `θ = [K][C]`. */
export function predictionOf(
  { classes }: Subject,
  h: readonly number[],
  theta: readonly (readonly number[])[],
  traversals: Traversal[] = [],
): Prediction {
  const [explanation] = explain(
    { shape: [1, h.length], data: Float32Array.from(h) },
    { shape: [1, h.length, theta[0]?.length ?? 0], data: Float32Array.from(theta.flat()) },
  );
  if (explanation === undefined) throw new Error('one input has one explanation');
  const index = argmax(explanation.logits);
  const probability = explanation.probabilities[index] as number;
  return { ...explanation, index, label: classes[index] as string, probability, traversals };
}

/** Concept k moved over `steps` values; the images of concept k are as bright as `(k + 1)/10`. */
export function traversalOf(k: number, steps: number): Traversal {
  const data = new Float32Array(steps * SIDE * SIDE).fill((k + 1) / 10);
  return {
    concept: k,
    values: Array.from({ length: steps }, (_, s) => s - 1),
    decoded: { shape: [steps, 1, SIDE, SIDE], data },
  };
}
