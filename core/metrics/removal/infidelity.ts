import { defineMetric } from '../metric.ts';
import { sumOver } from './orders.ts';
import { type Trial, tryOwn } from './trial.ts';

/** By how much does the logit not fall as the contributions say? */

declare module '../metric.ts' {
  interface MetricScopes {
    infidelity: 'set';
  }
}

/**
 * Per input, over 30 random sets of concepts of any size (each concept leaves with probability ½): Σ(Σ_{k ∈ set} a_k − Δz)² / ΣΔz², with Δz the fall of the predicted class's
 * logit when the set is taken away. 0: exactly as said; 1: no better than to say that nothing happens. No value where no set changes the logit.
 *
 * Figures beside it: `scaled`, the same with the one factor for a that makes it least (never above 1), and `raw`, the mean of the
 * squared errors as published, in logits². The published value grows with the square of the logits' scale, so it compares no two models (Captum, issue
 * 613). Its perturbation I belongs to an explanation by slopes, whose promise is Iᵀ·θ; contributions already are slope times value, so the promise is their sum
 * (Captum divides by the input for the same reason).
 *
 * Removal: through the decoder, as evidence/removals.ts has it: of at most 500 inputs, and of concepts that are not constant. The value
 * is the mean over the inputs that have one, and the figure `inputs` says how many; none at all without a decoder.
 */
export const infidelity = defineMetric({
  name: 'infidelity',
  needs: ['explanations', 'removals'],
  scope: 'set',
  direction: 'lower',
  range: [0, Number.POSITIVE_INFINITY],
  sets: [],
  source: 'Yeh et al. 2019, "On the (In)fidelity and Sensitivity of Explanations", definition 2.1',
  cannotTell:
    'which concepts are wrong; it counts what sets do together, which no sum of parts can tell, as an error too',
  measure: (evidence, options) => tryOwn(infidelityTrial, evidence, options),
});

/** See `infidelity`. */
export const infidelityTrial: Trial = {
  plan: (a, random) => Array.from({ length: SETS }, () => [...a.keys()].filter(() => random.integer(2) === 1)),
  judge: (a, base, outcomes, plan) => {
    const falls = outcomes.map(({ logit }) => base.logit - logit);
    const promised = plan.map((set) => sumOver(set, a));
    const dot = (x: readonly number[], y: readonly number[]): number =>
      x.reduce((sum, value, i) => sum + value * (y[i] as number), 0);
    const [pp, pf, ff] = [dot(promised, promised), dot(promised, falls), dot(falls, falls)];
    if (ff === 0) return { value: null };
    const errors = pp - 2 * pf + ff;
    return {
      value: Math.max(0, errors / ff),
      scaled: pp === 0 ? 1 : Math.max(0, 1 - pf ** 2 / (pp * ff)),
      raw: errors / SETS,
    };
  },
};

/** Random sets an input. */
const SETS = 30;
