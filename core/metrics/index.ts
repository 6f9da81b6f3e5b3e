import { leakPermuted } from './audit/leak-permuted.ts';
import { betaVae } from './disentanglement/beta-vae.ts';
import { dci } from './disentanglement/dci.ts';
import { factorVae } from './disentanglement/factor-vae.ts';
import { mig } from './disentanglement/mig.ts';
import { sap } from './disentanglement/sap.ts';
import { faithfulnessDecoded } from './faithfulness/decoded.ts';
import { faithfulness } from './faithfulness/faithfulness.ts';
import type { Metric, MetricName } from './metric.ts';
import { stability } from './stability/stability.ts';

/**
 * Every metric by its name: what `senn score --metrics` may ask for, in the order of a report. A metric whose file is
 * there and whose row is not does not compile (see ./metric.ts).
 */
export const metrics: { readonly [Name in MetricName]: Metric<Name> } = {
  'leak.permuted': leakPermuted,
  faithfulness,
  'faithfulness.decoded': faithfulnessDecoded,
  stability,
  mig,
  dci,
  sap,
  'factor-vae': factorVae,
  'beta-vae': betaVae,
};

export const metricNames = Object.keys(metrics) as MetricName[];
