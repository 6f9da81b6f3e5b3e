import type { Audit } from '../manifest.ts';
import { percent } from '../text/format.ts';

/**
 * What an audit says to someone who reads an explanation and nothing else: in one sentence, whether the concepts that are
 * shown are what the decision rests on.
 */

/**
 * Of the accuracy above chance, the share that may be left without the input's own concepts. Up to the first they carry
 * the decision; from the second on they do not; between the two they carry a part of it.
 */
const CARRIES = 0.05;
const DECORATES = 0.5;
/** Accuracy above chance below which there is no decision to carry. */
const GUESSES = 0.02;

/** A share in whole percent; with a decimal where whole ones would say 0 or 100 that is not. */
function whole(share: number): string {
  const rounded = Math.round(share * 100);
  return (rounded === 0 && share > 0) || (rounded === 100 && share < 1) ? percent(share) : `${rounded} %`;
}

/** One way to take an input's own concepts away: what is then right, and what chance would have right. */
interface Leak {
  readonly how: string;
  readonly left: number;
  readonly chance: number;
}

/** The leaks that were measured. */
function leaksOf(figures: Audit['figures']): Leak[] {
  const leak = (name: string, floor: string, how: string): Leak[] => {
    const [left, chance] = [figures[name] ?? null, figures[`${name}.${floor}`] ?? null];
    return left === null || chance === null ? [] : [{ how, left, chance }];
  };
  return [
    ...leak('leak.permuted', 'floor', 'with the concepts of another input'),
    ...leak('leak.mean', 'chance', 'with every concept at its average'),
  ];
}

/**
 * One sentence for laymen: how far the reasons that are shown can be trusted, with the figures of the worst of the leaks that
 * were measured in brackets; and that the weights are the same for every input, where they are.
 * @returns `undefined` without an audit, or where it holds no leak
 */
export function auditSentence(audit: Audit | undefined): string | undefined {
  const figures = audit?.figures ?? {};
  const accuracy = figures['accuracy'] ?? null;
  if (accuracy === null) return undefined;
  const share = ({ left, chance }: Leak): number => (left - chance) / (accuracy - chance);
  const guessing = leaksOf(figures).find(({ chance }) => accuracy - chance < GUESSES);
  if (guessing !== undefined) {
    const { chance } = guessing;
    return `This model hardly decides at all: it is right in ${whole(accuracy)} of cases, where chance is right in ${whole(chance)}.`;
  }
  const [worst] = leaksOf(figures).sort((a, b) => share(b) - share(a));
  if (worst === undefined) return undefined;
  const weights = figures['relevance.permuted.constant'] === 1 ? ', which it weighs the same for every input' : '';
  const { how, left, chance } = worst;
  const cases = `right in ${whole(accuracy)} of cases; ${how}, in ${whole(left)}, where chance is right in ${whole(chance)}`;
  const leak = share(worst);
  if (leak <= CARRIES) {
    return `The reasons shown are the model’s real ones, whether it is right or not: it decides by these concepts${weights} (${cases}).`;
  }
  if (leak < DECORATES) {
    return `The reasons shown are only a part of the model’s real ones: it decides by these concepts${weights}, but also by what is not shown (${cases}).`;
  }
  return `Do not trust the reasons shown: the model decides mostly by what is not shown, not by these concepts (${cases}).`;
}
