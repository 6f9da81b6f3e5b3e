import { partsOf } from '../../attributions/shared/parts.ts';
import { planOf } from '../../graphs.ts';
import { complementsWithout } from '../comparison/removed-parts.ts';
import { defineMetric } from '../metric.ts';
import { noValue } from '../no-value.ts';
import { predictedContributions } from '../shared/contributions.ts';
import { dropCorrelation } from '../shared/drop-correlation.ts';
import { conceptOfFeature } from '../shared/reference.ts';

/** Faithfulness where features are taken out of the input itself: the one that is fair beside LIME and SHAP. */

declare module '../metric.ts' {
  interface MetricScopes {
    'faithfulness.input': 'input';
  }
}

/**
 * Of a table whose concepts are its features: per input, Pearson's correlation over the features between the contribution
 * θ[k,c]·h[k] of the feature's concept and the drop p(x) − p(x with the feature at its usual value), the model run anew
 * on the changed input. c is the predicted class of x, p its probability. In [−1, 1], unit-free.
 *
 * The usual value is what the decoder makes of the concepts' means over the training set, in the feature's own unit: for
 * a feature that enters as it is, its mean. Drops are differences of 1 − p, as in `faithfulness`, and an input has no
 * value under the same conditions. No value at all for images, nor where the concepts are not the features.
 */
export const faithfulnessInput = defineMetric({
  name: 'faithfulness.input',
  needs: ['explanations', 'predictor'],
  scope: 'input',
  direction: 'higher',
  range: [-1, 1],
  sets: ['audit'],
  source:
    'senn-onnx; after Alvarez-Melis & Jaakkola 2018, "Towards Robust Interpretability with Self-Explaining Neural Networks", section 5',
  cannotTell:
    'what features do together: each is taken away alone, and a row with one usual value may be a strange one',
  async measure({ explanations, predictor }, { onProgress }) {
    const { manifest } = predictor;
    const ofFeature = conceptOfFeature(manifest);
    if (ofFeature === undefined) {
      return noValue('the concepts are not features of a table, so there is no one feature to take away for each');
    }
    if (planOf(manifest.graphs, ['concepts'], ['reconstruction']) === undefined) {
      return noValue('the model has no decoder to tell the usual value of a feature');
    }
    const means = manifest.concepts.map(({ mean, quantiles: { q05, q95 } }) => mean ?? (q05 === q95 ? q05 : undefined));
    const unknown = ofFeature.find((k) => means[k] === undefined);
    if (unknown !== undefined) {
      const name = manifest.concepts[unknown]?.name;
      return noValue(`the manifest tells no mean of "${name}" over the training set; export the model again`);
    }
    const usual = await predictor.decode({
      shape: [1, means.length],
      data: Float32Array.from(means, (mean) => mean ?? 0),
    });
    const parts = partsOf(manifest, usual.data);
    const complements = await complementsWithout(predictor, explanations, {
      partsOf: () => parts,
      baseline: usual.data,
      onProgress,
    });
    return complements.map((own, n) => {
      const contributions = predictedContributions(explanations, n);
      return dropCorrelation(
        ofFeature.map((k) => contributions[k] as number),
        own,
      );
    });
  },
});
