import { accuracy } from './audit/accuracy.ts';
import { completeness } from './audit/completeness.ts';
import { leakDonor } from './audit/leak-donor.ts';
import { leakMean } from './audit/leak-mean.ts';
import { leakPermuted } from './audit/leak-permuted.ts';
import { reencoded } from './audit/reencoded.ts';
import { relevancePermuted } from './audit/relevance-permuted.ts';
import { tautology } from './audit/tautology.ts';
import { cancellation } from './complexity/cancellation.ts';
import { ncc } from './complexity/ncc.ts';
import { conceptIdentity } from './concepts/concept-identity.ts';
import { prototypeAgreement } from './concepts/prototype-agreement.ts';
import { betaVae } from './disentanglement/beta-vae.ts';
import { dci } from './disentanglement/dci.ts';
import { factorVae } from './disentanglement/factor-vae.ts';
import { mig } from './disentanglement/mig.ts';
import { sap } from './disentanglement/sap.ts';
import { faithfulnessDecoded } from './faithfulness/decoded.ts';
import { faithfulness } from './faithfulness/faithfulness.ts';
import { faithfulnessInput } from './faithfulness/input.ts';
import { promise } from './faithfulness/promise.ts';
import { promiseError } from './faithfulness/promise-error.ts';
import type { Metric, MetricName } from './metric.ts';
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
  cancellation,
  ncc,
  'prototype.agreement': prototypeAgreement,
  'concept.identity': conceptIdentity,
  stability,
  mig,
  dci,
  sap,
  'factor-vae': factorVae,
  'beta-vae': betaVae,
};

export const metricNames = Object.keys(metrics) as MetricName[];
