import { deviationOf } from '../../manifest.ts';
import { imageAt, rowOf, type Tensor } from '../../tensor.ts';
import type { ComputeContext } from '../artefact.ts';
import { argmax, type Explanation, explain } from '../explanation.ts';
import { type LocalModel, leadOf, measuredModels, nearestWith, promisedModel, tensorOf } from './local-model.ts';

/**
 * The search for counterfactuals of models with a decoder: the smallest move of the concepts for which the class wins,
 * decoded, and read again by the model. What it reads decides; where it does not say the class, the class must win by
 * more.
 */

/** What a search ends with. */
export interface Found {
  /** `[K]` */
  readonly concepts: readonly number[];
  /** Logits by which the class leads all others at these concepts. */
  readonly margin: number;
  /** `[…]`, the concepts decoded, in the units of `input`. */
  readonly decoded: Tensor;
  /** Of the class, when what was decoded is read again. */
  readonly probability: number;
  /** Whether what was decoded is then predicted to be of the class. */
  readonly verified: boolean;
}

/**
 * The margin in logits: the first that is asked for where the manifest does not say it, how it grows where reading again
 * fails, and how often.
 */
export const MARGIN = { first: 6, growth: 1.5, tries: 8 } as const;
/** Steps of the search where θ moves with the concepts, and the move in deviations below which it has settled. */
const STEPS = { most: 6, settled: 1e-3, whole: 3 } as const;

/** One input on its way. */
interface State {
  readonly from: readonly number[];
  local: LocalModel;
  /** Where it was last, and what came of it. */
  found: Found | undefined;
}

const flat = (rows: readonly (readonly number[])[]): Float32Array => Float32Array.from(rows.flat());

/** The models near some points, as θ follows the concepts: measured where that is cheap, else as θ promises. */
async function modelsNear(context: ComputeContext, points: readonly (readonly number[])[]): Promise<LocalModel[]> {
  const { manifest, relevances } = context;
  if (manifest.parameterizer.reads === 'concepts') {
    return measuredModels(points, manifest.concepts.map(deviationOf), relevances);
  }
  const thetas = await relevances(tensorOf(points));
  return points.map((point, n) => promisedModel(point, rowOf(thetas, n)));
}

/** Where each state goes for class t to win by `margin`; nowhere where no move of the concepts does it. */
async function targetsOf(context: ComputeContext, states: readonly State[], t: number, margin: number) {
  const { manifest } = context;
  const next = ({ from, local }: State): readonly number[] => nearestWith(manifest, from, local, t, margin) ?? local.at;
  let targets = states.map(next);
  if (manifest.parameterizer.reads === 'input') return targets;
  const deviations = manifest.concepts.map(deviationOf);
  for (let step = 1; step <= STEPS.most; step++) {
    const models = await modelsNear(context, targets);
    const before = targets;
    targets = states.map((state, i) => {
      state.local = models[i] as LocalModel;
      const target = next(state);
      if (step <= STEPS.whole) return target;
      return target.map((value, k) => (value + (before[i]?.[k] as number)) / 2); // it turns in circles: half the way
    });
    const isSettled = targets.every((target, i) =>
      target.every((value, k) => Math.abs(value - (before[i]?.[k] as number)) <= STEPS.settled * (deviations[k] || 1)),
    );
    if (isSettled) return before;
  }
  const models = await modelsNear(context, targets);
  states.forEach((state, i) => {
    state.local = models[i] as LocalModel;
  });
  return targets;
}

/** Logits of the local model at a point. @returns `[C]` */
const logitsAt = ({ at, logits, slopes }: LocalModel, point: readonly number[]): number[] =>
  logits.map((logit, c) =>
    slopes.reduce((sum, row, k) => sum + (row[c] as number) * ((point[k] as number) - (at[k] as number)), logit),
  );

/** Decodes where the states went, reads it again, and keeps what is the best so far. */
async function readAgain(
  { manifest, decode, forward }: ComputeContext,
  states: readonly State[],
  targets: readonly (readonly number[])[],
  t: number,
): Promise<void> {
  const decoded = await decode(tensorOf(targets));
  const { concepts, relevances } = await forward(decoded);
  explain(concepts, relevances).forEach(({ logits, probabilities }, i) => {
    const [state, target] = [states[i] as State, targets[i] as readonly number[]];
    const probability = probabilities[t] as number;
    const verified = argmax(logits) === t;
    if (verified || state.found === undefined || probability > state.found.probability) {
      const margin = leadOf(logitsAt(state.local, target), t);
      state.found = { concepts: target, margin, decoded: imageAt(decoded, i), probability, verified };
    }
    // a θ that reads the input is what the input makes it: from here on that of the decoded one
    if (manifest.parameterizer.reads === 'input') state.local = promisedModel(target, rowOf(relevances, i));
  });
}

/** The most inputs that are searched for together, so that memory is bounded. */
const AT_ONCE = 64;

/**
 * For every input the nearest concepts that make class t win, verified by reading them again as far as that succeeds.
 * An input of class t already stays where it is.
 * @returns `[N]`
 */
export async function searchFor(
  context: ComputeContext,
  explanations: readonly Explanation[],
  t: number,
): Promise<Found[]> {
  const found: Found[] = [];
  for (let first = 0; first < explanations.length; first += AT_ONCE) {
    found.push(...(await searchTogether(context, explanations.slice(first, first + AT_ONCE), t)));
  }
  return found;
}

async function searchTogether(context: ComputeContext, explanations: readonly Explanation[], t: number) {
  const states = explanations.map(
    ({ concepts, relevances }): State => ({
      from: concepts,
      local: promisedModel(concepts, flat(relevances)),
      found: undefined,
    }),
  );
  const isThere = explanations.map(({ logits }) => argmax(logits) === t);
  const staying = states.filter((_, n) => isThere[n]);
  if (staying.length > 0) {
    const own = staying.map(({ from }) => from);
    await readAgain(context, staying, own, t);
  }
  let going = states.filter((_, n) => !isThere[n]);
  const first = context.manifest.counterfactual?.margin ?? MARGIN.first;
  for (let i = 0; i < MARGIN.tries && going.length > 0; i++) {
    const targets = await targetsOf(context, going, t, first * MARGIN.growth ** i);
    await readAgain(context, going, targets, t);
    going = going.filter(({ found }) => !found?.verified);
  }
  return states.map(({ found }) => found as Found);
}
