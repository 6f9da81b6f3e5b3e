import { isBlackBox } from '../black-box/schema.ts';
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
export type Gathered = Partial<Evidence> &
  Pick<Evidence, 'explanations' | 'predictions' | 'predictor' | 'moves' | 'ball' | 'removals'>;

/** What is known of a set before anything is computed. */
interface Known {
  readonly factors: ScoringInputs['factors'] | undefined;
  readonly labels: boolean;
  readonly parts: boolean;
  readonly training: boolean;
}

/** What a black box tells of a set; all else is of concepts, or of explanations by them. */
const ofBlackBox: readonly Need[] = ['predictions', 'labels'];

/** The needs that models meet on a set: those of all, unless none of them has concepts. */
export const needsOfModels = (
  models: readonly Pick<ScoredModel['manifest'], 'kind'>[],
  met: ReadonlySet<Need>,
): ReadonlySet<Need> =>
  models.every(isBlackBox) ? new Set([...met].filter((need) => ofBlackBox.includes(need))) : met;

/** The evidence that a model can give: of a black box nothing that is made of concepts. */
export function evidenceOf(
  { manifest }: Pick<ScoredModel, 'manifest'>,
  evidence: Partial<Evidence>,
): Partial<Evidence> {
  if (!isBlackBox(manifest)) return evidence;
  return Object.fromEntries(Object.entries(evidence).filter(([need]) => ofBlackBox.includes(need as Need)));
}

/** The needs that a set meets of which so much is known, with a model that explains it. */
export function needsOfKnown({ labels, factors, parts, training }: Known): ReadonlySet<Need> {
  const told: Record<Need, boolean> = {
    explanations: true,
    predictions: true,
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
    predictions: explanations,
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
