import { endTold, prototypesAt } from '../../artefacts/ends/end.ts';
import { isConstant } from '../../concepts/variation.ts';
import { rowOf } from '../../tensor.ts';
import { defineMetric } from '../metric.ts';
import { noValue } from '../no-value.ts';
import { predictedContributions } from '../shared/contributions.ts';

/** Do the pictures beside the largest reasons show the class that they are reasons for? */

declare module '../metric.ts' {
  interface MetricScopes {
    'prototype.agreement': 'input';
  }
}

/** Contributions of an explanation that a reader looks at first. */
const LARGEST = 2;

/**
 * Of the prototypes of an input's two largest contributions to its predicted class, at the end of the concept that speaks
 * (high where h[k] is at its training mean or above, else low), the share that are of that class: the mean over the two.
 * Chance is about the share of the class in the training set.
 *
 * A contribution of 0 or less is no reason for the class and is left out, and so are constant concepts; an input without
 * any has no value. No value at all where the manifest tells no classes of its prototypes. Of a model without low
 * prototypes the high ones are taken, since those are what it shows.
 */
export const prototypeAgreement = defineMetric({
  name: 'prototype.agreement',
  needs: ['explanations', 'predictor'],
  scope: 'input',
  direction: 'higher',
  range: [0, 1],
  sets: ['audit'],
  source: 'senn-onnx; prototypes of concepts: Alvarez-Melis & Jaakkola 2018, section 3.2',
  cannotTell: 'whether a concept is more than another name of a class, which makes it 1: for that, tautology',
  async measure({ explanations, predictor }, { onProgress }) {
    const { concepts } = predictor.manifest;
    const varying = concepts.flatMap((concept, k) => (isConstant(concept) ? [] : [{ concept, k }]));
    const untold = varying.find(({ concept }) => {
      const ends = [prototypesAt(concept, 'high'), prototypesAt(concept, 'low')];
      return ends.some(({ count, labels }) => count > 0 && labels === undefined);
    });
    if (untold !== undefined) {
      return noValue(`the manifest tells no classes of the prototypes of "${untold.concept.name}"`);
    }
    const N = explanations.predicted.length;
    onProgress?.(N, N);
    return Array.from(explanations.predicted, (c, n) => {
      const h = rowOf(explanations.concepts, n);
      const contributions = predictedContributions(explanations, n);
      const shares = varying
        .map(({ concept, k }) => {
          const { labels = [] } = prototypesAt(concept, endTold(concept, h[k] as number));
          return { labels, contribution: contributions[k] as number };
        })
        .filter(({ labels, contribution }) => contribution > 0 && labels.length > 0)
        .sort((a, b) => b.contribution - a.contribution)
        .slice(0, LARGEST)
        .map(({ labels }) => labels.filter((label) => label === c).length / labels.length);
      return shares.length === 0 ? null : shares.reduce((sum, share) => sum + share, 0) / shares.length;
    });
  },
});
