import { deviationOf } from '../../concepts/variation.ts';
import { shifted } from '../../images/shift.ts';
import type { Manifest } from '../../manifest.ts';
import { concatRows, imageAt, rowOf, type Tensor } from '../../tensor.ts';
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

/** One try of a search. */
interface Try extends Found {
  /** Logits by which the class leads when what was decoded is read again, on average over all that is read. */
  readonly lead: number;
}

/**
 * The margin in logits. Where the manifest says one, the class must also lead by it when the picture is read again, give
 * or take `near`, for others need it to see the class; the concepts may then lead by a share `least` of it. Else the
 * concepts must lead by `first` at first, and the class must win when it is read again.
 */
export const MARGIN = { first: 6, near: 0.25, least: 0.5, tries: 8 } as const;
/** Steps of the search where θ moves with the concepts, and the move in deviations below which it has settled. */
const STEPS = { most: 6, settled: 1e-3, whole: 3 } as const;

/** One input on its way. */
interface State {
  readonly from: readonly number[];
  local: LocalModel;
  /** What the concepts must lead by next. */
  margin: number;
  /** What came of it the last time. */
  last: Try | undefined;
  /** What is best so far. */
  found: Try | undefined;
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

/** Where each state goes for class t to win by its margin; nowhere where no move of the concepts does it. */
async function targetsOf(context: ComputeContext, states: readonly State[], t: number) {
  const { manifest } = context;
  const next = ({ from, local, margin }: State): readonly number[] =>
    nearestWith(manifest, from, local, t, margin) ?? local.at;
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

/** Logits by which the class should lead when it is read again: these, or more where `most` is not said. */
function wantedLead({ counterfactual }: Pick<Manifest, 'counterfactual'>): { least: number; most: number } {
  if (counterfactual === undefined) return { least: 0, most: Number.POSITIVE_INFINITY };
  return { least: counterfactual.margin - MARGIN.near, most: counterfactual.margin + MARGIN.near };
}

const isEnough = (manifest: Pick<Manifest, 'counterfactual'>, { verified, lead }: Try): boolean =>
  verified && lead >= wantedLead(manifest).least;

/** Whether one that was found is better than another: of those that lead enough the nearest, else the one that leads more. */
function isBetter(manifest: Pick<Manifest, 'counterfactual'>, one: Try, other: Try): boolean {
  const enough = isEnough(manifest, one);
  if (enough !== isEnough(manifest, other)) return enough;
  return enough ? one.margin < other.margin : one.lead > other.lead;
}

/** What the concepts must lead by after the last try; nothing where that was well. */
function nextMargin(manifest: Pick<Manifest, 'counterfactual'>, { margin, last }: State): number | undefined {
  const { least, most } = wantedLead(manifest);
  const { lead } = last as Try;
  if (!isEnough(manifest, last as Try)) return margin + Math.max(least - lead, 0) + MARGIN.near;
  if (lead <= most) return undefined;
  const lowest = MARGIN.least * (manifest.counterfactual?.margin ?? 0);
  return margin > lowest ? Math.max(margin + most - MARGIN.near - lead, lowest) : undefined;
}

/**
 * The moves, in pixels down and to the right, with which a picture is read again: first as it is, then moved to each side.
 * Where a class leads by a little in one picture, it often hangs on single pixels that no other model looks at; where it
 * leads as much with the picture moved, it does not.
 */
function movesOf({
  input,
  counterfactual,
}: Pick<Manifest, 'input' | 'counterfactual'>): [down: number, right: number][] {
  const { shift } = counterfactual ?? {};
  if (shift === undefined || input.kind !== 'image') return [[0, 0]];
  return [
    [0, 0],
    [-shift, 0],
    [shift, 0],
    [0, -shift],
    [0, shift],
  ];
}

/** Pictures that a search reads for every one that it decodes. */
export const readingsOf = (manifest: Pick<Manifest, 'input' | 'counterfactual'>): number => movesOf(manifest).length;

/** Decodes where the states went, reads it again, and keeps what is the best so far. */
async function readAgain(
  { manifest, decode, forward }: ComputeContext,
  states: readonly State[],
  targets: readonly (readonly number[])[],
  t: number,
): Promise<void> {
  const decoded = await decode(tensorOf(targets));
  const [, ...moves] = movesOf(manifest);
  const moved = moves.map(([down, right]) => shifted(decoded, down, right));
  const { concepts, relevances } = await forward(concatRows([decoded, ...moved]));
  const explained = explain(concepts, relevances);
  explained.slice(0, states.length).forEach(({ logits, probabilities }, i) => {
    const leads = explained.filter((_, row) => row % states.length === i).map((each) => leadOf(each.logits, t));
    const [state, target] = [states[i] as State, targets[i] as readonly number[]];
    state.last = {
      concepts: target,
      margin: leadOf(logitsAt(state.local, target), t),
      decoded: imageAt(decoded, i),
      probability: probabilities[t] as number,
      verified: argmax(logits) === t,
      lead: leads.reduce((sum, lead) => sum + lead, 0) / leads.length,
    };
    if (state.found === undefined || isBetter(manifest, state.last, state.found)) state.found = state.last;
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
  const { manifest } = context;
  const states = explanations.map(
    ({ concepts, relevances }): State => ({
      from: concepts,
      local: promisedModel(concepts, flat(relevances)),
      margin: manifest.counterfactual?.margin ?? MARGIN.first,
      last: undefined,
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
  for (let i = 0; i < MARGIN.tries && going.length > 0; i++) {
    await readAgain(context, going, await targetsOf(context, going, t), t);
    going = going.filter((state) => {
      const next = nextMargin(manifest, state);
      if (next !== undefined) state.margin = next;
      return next !== undefined;
    });
  }
  return states.map(({ found }) => found as Found);
}
