import type { Change } from './ball.ts';

/**
 * The largest value over an input's changes.
 * @param figureOf NaN for a change that says nothing (0/0, or a length of 0 to compare with), which is passed over
 * @returns `null` where nothing is left, or where one is infinite: rather than spoil a mean
 */
export function worstOf(changes: readonly Change[], figureOf: (change: Change) => number): number | null {
  const values = changes.map(figureOf).filter((value) => !Number.isNaN(value));
  const worst = Math.max(...values);
  return Number.isFinite(worst) ? worst : null;
}

/**
 * The largest ratio of the relative change of the explanation to that of something else, over the changes within the class.
 * @param of what the explanation's change is compared with
 * @returns as `worstOf`
 */
export const worstRelative = (changes: readonly Change[], of: Exclude<keyof Change['relative'], 'contributions'>) =>
  worstOf(changes, ({ relative, sameClass }) => (sameClass ? relative.contributions / relative[of] : Number.NaN));
