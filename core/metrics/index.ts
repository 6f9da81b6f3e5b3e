import { accuracy } from './audit/accuracy.ts';
import { completeness } from './audit/completeness.ts';
import { leakDonor } from './audit/leak-donor.ts';
import { leakMean } from './audit/leak-mean.ts';
import { leakPermuted } from './audit/leak-permuted.ts';
import { reencoded } from './audit/reencoded.ts';
import { relevancePermuted } from './audit/relevance-permuted.ts';
import { tautology } from './audit/tautology.ts';
import { cancellation } from './complexity/cancellation.ts';
import { effective } from './complexity/effective.ts';
import { entropy } from './complexity/entropy.ts';
import { gini } from './complexity/gini.ts';
import { ncc } from './complexity/ncc.ts';
import { active } from './concepts/active.ts';
import { classInfluence } from './concepts/class-influence.ts';
import { conceptIdentity } from './concepts/concept-identity.ts';
import { correlationPairs } from './concepts/correlation-pairs.ts';
import { mutualInformation } from './concepts/mutual-information.ts';
import { prototypeAgreement } from './concepts/prototype-agreement.ts';
import { prototypePurity } from './concepts/prototype-purity.ts';
import { reconstruction } from './concepts/reconstruction.ts';
import { totalCorrelation } from './concepts/total-correlation.ts';
import { noise } from './controls/noise.ts';
import { otherInput } from './controls/other-input.ts';
import { randomLogit } from './controls/random-logit.ts';
import { betaVae } from './disentanglement/beta-vae.ts';
import { dci } from './disentanglement/dci.ts';
import { factorVae } from './disentanglement/factor-vae.ts';
import { mig } from './disentanglement/mig.ts';
import { modularity } from './disentanglement/modularity.ts';
import { sap } from './disentanglement/sap.ts';
import { cace } from './faithfulness/cace.ts';
import { faithfulnessDecoded } from './faithfulness/decoded.ts';
import { faithfulness } from './faithfulness/faithfulness.ts';
import { faithfulnessInput } from './faithfulness/input.ts';
import { promise } from './faithfulness/promise.ts';
import { promiseError } from './faithfulness/promise-error.ts';
import { sufficiency } from './faithfulness/sufficiency.ts';
import type { Metric, MetricName } from './metric.ts';
import { correlation } from './removal/correlation.ts';
import { deletion } from './removal/deletion.ts';
import { estimate } from './removal/estimate.ts';
import { infidelity } from './removal/infidelity.ts';
import { insertion } from './removal/insertion.ts';
import { monotonicity } from './removal/monotonicity.ts';
import { monotonicityCorrelation } from './removal/monotonicity-correlation.ts';
import { sensitivityN } from './removal/sensitivity-n.ts';
import { pgi } from './shaken/pgi.ts';
import { pgu } from './shaken/pgu.ts';
import { attackClass } from './stability/attack-class.ts';
import { attackExplanation } from './stability/attack-explanation.ts';
import { lipschitz } from './stability/lipschitz.ts';
import { lipschitzAscent } from './stability/lipschitz-ascent.ts';
import { lipschitzRelative } from './stability/lipschitz-relative.ts';
import { localLinearity } from './stability/local-linearity.ts';
import { ris } from './stability/ris.ts';
import { ros } from './stability/ros.ts';
import { rrs } from './stability/rrs.ts';
import { sensitivityAvg } from './stability/sensitivity-avg.ts';
import { sensitivityMax } from './stability/sensitivity-max.ts';
import { stability } from './stability/stability.ts';
import { traversalSlope } from './traversal/slope.ts';
import { traversalSpill } from './traversal/spill.ts';

/**
 * Every metric by its name: what `senn score --metrics` may ask for, in the order of a report. A metric whose file is
 * there and whose row is not does not compile (see ./metric.ts).
 */
export const metrics: { readonly [Name in MetricName]: Metric<Name> } = {
  accuracy,
  'leak.mean': leakMean,
  'leak.permuted': leakPermuted,
  'leak.donor': leakDonor,
  'relevance.permuted': relevancePermuted,
  completeness,
  reencoded,
  tautology,
  faithfulness,
  'faithfulness.decoded': faithfulnessDecoded,
  'faithfulness.input': faithfulnessInput,
  promise,
  'promise.error': promiseError,
  'traversal.slope': traversalSlope,
  'traversal.spill': traversalSpill,
  sufficiency,
  cace,
  estimate,
  correlation,
  'sensitivity-n': sensitivityN,
  infidelity,
  monotonicity,
  'monotonicity.correlation': monotonicityCorrelation,
  deletion,
  insertion,
  pgi,
  pgu,
  cancellation,
  ncc,
  gini,
  entropy,
  effective,
  'prototype.agreement': prototypeAgreement,
  'concept.identity': conceptIdentity,
  'random-logit': randomLogit,
  noise,
  'other-input': otherInput,
  reconstruction,
  active,
  'correlation.pairs': correlationPairs,
  'mutual-information': mutualInformation,
  'total-correlation': totalCorrelation,
  'prototype.purity': prototypePurity,
  'class-influence': classInfluence,
  stability,
  lipschitz,
  'lipschitz.relative': lipschitzRelative,
  'lipschitz.ascent': lipschitzAscent,
  'sensitivity.max': sensitivityMax,
  'sensitivity.avg': sensitivityAvg,
  ris,
  rrs,
  ros,
  'attack.explanation': attackExplanation,
  'attack.class': attackClass,
  'local-linearity': localLinearity,
  mig,
  dci,
  sap,
  modularity,
  'factor-vae': factorVae,
  'beta-vae': betaVae,
};

export const metricNames = Object.keys(metrics) as MetricName[];
