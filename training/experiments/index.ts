import { accuracyVsLambda } from './accuracy-vs-lambda.ts';
import { closedVsOpen } from './closed-vs-open/closed-vs-open.ts';
import { crossValidation } from './cross-validation.ts';
import { disentanglement } from './disentanglement.ts';
import type { Experiment } from './experiment.ts';
import type { ExperimentName } from './names.ts';
import { report } from './report.ts';
import { seeds } from './seeds.ts';

/** Every experiment, by the name that `senn experiment` takes. */
export const experiments = {
  'accuracy-vs-lambda': accuracyVsLambda,
  'closed-vs-open': closedVsOpen,
  'cross-validation': crossValidation,
  disentanglement,
  report,
  seeds,
} satisfies Record<ExperimentName, Experiment>;
