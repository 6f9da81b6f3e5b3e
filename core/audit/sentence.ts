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
 * One sentence for laymen, of the worst of the leaks that were measured; and that the weights are the same for every
 * input, where they are.
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
  const weights = figures['relevance.permuted.constant'] === 1 ? ', weighed the same for every input' : '';
  const { how, left, chance } = worst;
  const cases = `${how} it is right in ${whole(left)} of cases (chance: ${whole(chance)}), with its own in ${whole(accuracy)}`;
  const leak = share(worst);
  if (leak <= CARRIES) return `This model’s concepts carry the decision${weights}: ${cases}.`;
  if (leak < DECORATES) return `This model’s concepts carry only a part of the decision${weights}: ${cases}.`;
  return `This model’s concepts do not carry the decision: ${cases}.`;
}
