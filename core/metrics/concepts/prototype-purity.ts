import { prototypesAt } from '../../artefacts/ends/end.ts';
import { isConstant } from '../../concepts/variation.ts';
import { defineMetric } from '../metric.ts';
import { noValue } from '../no-value.ts';
import { meanOf } from '../shared/vectors.ts';

/** Do the prototypes of a concept show one thing? */

declare module '../metric.ts' {
  interface MetricScopes {
    'prototype.purity': 'set';
  }
}

/**
 * Of the prototypes at an end of a concept, the share that are of their most frequent class: the mean over the ends that have
 * prototypes of the concepts that are not constant. 1: each end shows one class. It reads the manifest alone: the set that is
 * scored makes no difference.
 *
 * Figures beside it: `lowest`, of the end that is least pure, and `ends`, how many were looked at. No value where the manifest tells no
 * classes of its prototypes. P prototypes cannot have less than 1/P, and of few the value by chance is high.
 */
export const prototypePurity = defineMetric({
  name: 'prototype.purity',
  needs: ['predictor'],
  scope: 'set',
  direction: 'none',
  range: [0, 1],
  sets: [],
  source: 'senn-onnx; purity of a cluster: Manning et al. 2008, "Introduction to Information Retrieval", section 16.3',
  cannotTell:
    'whether a concept that several classes rightly share shows one thing: a slant is in every class; so it does not judge',
  async measure({ predictor }) {
    const ends = predictor.manifest.concepts
      .filter((concept) => !isConstant(concept))
      .flatMap((concept) => [prototypesAt(concept, 'high'), prototypesAt(concept, 'low')])
      .filter(({ count }) => count > 0);
    const shares = ends.flatMap(({ labels }) => (labels === undefined ? [] : [purityOf(labels)]));
    if (shares.length === 0) return noValue('the manifest tells no classes of any prototypes');
    return { value: meanOf(shares) ?? 0, figures: { lowest: Math.min(...shares), ends: shares.length } };
  },
});

function purityOf(labels: readonly number[]): number {
  const counts = new Map<number, number>();
  for (const label of labels) counts.set(label, (counts.get(label) ?? 0) + 1);
  return Math.max(...counts.values()) / labels.length;
}
