import type { RandomStream } from '../../random.ts';
import type { Explanations } from '../evidence/explanations.ts';
import type { Outcome, Removals } from '../evidence/removals.ts';
import type { SetValue } from '../metric.ts';
import { isNoValue, type NoValue, noValue } from '../no-value.ts';
import { predictedContributions } from '../shared/contributions.ts';
import { meanOf } from '../shared/vectors.ts';

/** How an attribution is tried by taking away what it speaks of: whose attribution it is, and what leaves, are given. */

/** Figures of one input by name, `value` among them; `null` for what it has no value of. */
export type Verdict = Readonly<Record<string, number | null>> & { readonly value: number | null };

/** What is taken away of an input, and what is made of what the model then says. */
export interface Trial {
  /** @param a `[P]`, how much each player counts for the class, in logits @returns the sets of players that leave */
  plan(a: readonly number[], random: RandomStream): readonly (readonly number[])[];
  /**
   * @param base where nobody leaves
   * @param outcomes of each set of the plan, in its order
   */
  judge(
    a: readonly number[],
    base: Outcome,
    outcomes: readonly Outcome[],
    plan: readonly (readonly number[])[],
  ): Verdict;
}

/** `[P]` of input n: how much each player counts. */
export type Attributed = (n: number) => readonly number[];

/** The model's own explanation: the contributions of the concepts that can leave. */
export const ownAttribution =
  (explanations: Explanations, { players }: Removals): Attributed =>
  (n) => {
    const contributions = predictedContributions(explanations, n);
    return players.map((k) => contributions[k] as number);
  };

export interface TrialOptions {
  readonly random: RandomStream;
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

/**
 * The mean of a trial over the inputs that have a value; each figure is the mean over those that have it, and `inputs` says
 * how many have the value.
 */
export async function tryOut(
  trial: Trial,
  removals: Removals,
  attribution: Attributed,
  { random, onProgress }: TrialOptions,
): Promise<SetValue | NoValue> {
  const tried = Array.from(removals.rows, (n) => {
    const a = attribution(n);
    return { n, a, plan: trial.plan(a, random) };
  });
  const asked = tried.flatMap(({ n, plan }) => [{ n, removed: [] }, ...plan.map((removed) => ({ n, removed }))]);
  const outcomes = await removals.play(asked, onProgress);
  let at = 0;
  const verdicts = tried.map(({ a, plan }) => {
    const [base, ...own] = outcomes.slice(at, at + plan.length + 1);
    at += plan.length + 1;
    return trial.judge(a, base as Outcome, own, plan);
  });
  const names = [...new Set(verdicts.flatMap(Object.keys))];
  const means = Object.fromEntries(
    names.flatMap((name) => {
      const mean = meanOf(verdicts.map((verdict) => verdict[name] ?? null));
      return mean === null ? [] : [[name, mean]];
    }),
  );
  const { value, ...figures } = means;
  if (value === undefined)
    return noValue('no input has a value: its concepts are too few, or nothing changes without them');
  return { value, figures: { ...figures, inputs: verdicts.filter((verdict) => verdict.value !== null).length } };
}

/** The trial of the model's own explanation. */
export const tryOwn = async (
  trial: Trial,
  { explanations, removals }: { readonly explanations: Explanations; readonly removals: Removals | NoValue },
  options: TrialOptions,
): Promise<SetValue | NoValue> =>
  isNoValue(removals) ? removals : tryOut(trial, removals, ownAttribution(explanations, removals), options);
