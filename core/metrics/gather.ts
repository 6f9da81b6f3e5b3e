import { forwardAll } from '../forward-all.ts';
import { inputStream, namedStream } from '../random.ts';
import { randomBall } from './evidence/ball.ts';
import { codedFactors } from './evidence/coded-factors.ts';
import { decodedMoves } from './evidence/decoded-moves.ts';
import type { Evidence, Need } from './evidence/evidence.ts';
import { explanationsOf } from './evidence/explanations.ts';
import { anyVaries } from './evidence/factors.ts';
import { lookUp } from './evidence/groups.ts';
import { decodedRemovals } from './evidence/removals.ts';
import type { ScoredModel } from './evidence/scored-model.ts';
import { trainingConcepts } from './evidence/training-concepts.ts';
import type { ScoringInputs } from './scoring-set.ts';

/** From a model and a set to the evidence that metrics read. */

/** The evidence of a set whose inputs are explained; what the set does not tell is not there. */
export type Gathered = Partial<Evidence> & Pick<Evidence, 'explanations' | 'predictor' | 'moves' | 'ball' | 'removals'>;

/** What is known of a set before anything is computed. */
interface Known {
  readonly factors: ScoringInputs['factors'] | undefined;
  readonly labels: boolean;
  readonly parts: boolean;
  readonly training: boolean;
}

/** The needs that a set meets of which so much is known, with a model that explains it. */
export function needsOfKnown({ labels, factors, parts, training }: Known): ReadonlySet<Need> {
  const told: Record<Need, boolean> = {
    explanations: true,
    predictor: true,
    moves: true,
    ball: true,
    removals: true,
    training,
    factors: factors !== undefined && anyVaries(factors),
    labels,
    parts,
  };
  return new Set((Object.keys(told) as Need[]).filter((need) => told[need]));
}

/** The needs that a set meets whose inputs are at hand. */
export const needsMet = ({ labels, factors, parts, training }: ScoringInputs): ReadonlySet<Need> =>
  needsOfKnown({
    factors,
    labels: labels !== undefined,
    parts: parts !== undefined,
    training: training !== undefined,
  });

/**
 * Explains every input, once for all metrics.
 * @param seed draws the sample of the metrics that know the factors, and the ball around each input
 * @param places `[N]`, of the inputs in the set that they are a batch of; where absent they are the set
 * @throws shape_mismatch | invalid_model | inference_failed
 */
export async function gatherEvidence(
  predictor: ScoredModel,
  { input, labels, factors, parts, training }: ScoringInputs,
  {
    seed,
    places,
    onProgress,
  }: {
    readonly seed: number;
    readonly places?: Int32Array;
    readonly onProgress?: (done: number, total: number) => void;
  },
): Promise<Gathered> {
  const explanations = explanationsOf(predictor.manifest.input, input, await forwardAll(predictor, input, onProgress));
  const rows = factors && { factors, codesOf: lookUp(explanations.concepts) };
  return {
    explanations,
    predictor,
    moves: decodedMoves(predictor, explanations),
    ball: randomBall(predictor, explanations, (n) => inputStream(seed, 'ball', places?.[n] ?? n)),
    removals: decodedRemovals(predictor, explanations),
    ...(training && { training: trainingConcepts(predictor, training) }),
    ...(labels && { labels }),
    ...(rows && { factors: codedFactors(rows, namedStream(seed, 'sample of factors')) }),
    ...(parts && { parts }),
  };
}
