import type { Manifest } from '../../manifest.ts';
import { percent } from '../../text/format.ts';
import { FAMILIAR, type Familiarity } from './familiarity.ts';

const KINDS = { image: 'images', tabular: 'rows' } as const satisfies Record<Manifest['input']['kind'], string>;

/** A share of nearly all. No line breaks before the sign. */
const share = (quantile: number): string =>
  quantile > 0.999 ? 'nearly all' : percent(quantile).replace(' ', '\u00a0');

/** Concepts that are named, at most. */
const MOST_NAMED = 3;

/**
 * What is said of an input that is unlike the training inputs, the same in figures, on the page and by the command:
 * `Unlike the training images: its concepts redraw it worse than 99.6 % of them.`
 * @returns `undefined` for one that is familiar, and where that is not known
 */
export function unfamiliarWarning(
  { input, concepts }: Pick<Manifest, 'input' | 'concepts'>,
  familiarity: Familiarity | undefined,
): string | undefined {
  if (familiarity === undefined || familiarity.familiar) return undefined;
  const { quantile, outside } = familiarity;
  const named = outside.slice(0, MOST_NAMED).map((k) => concepts[k]?.name);
  const names = named.join(', ') + (outside.length > MOST_NAMED ? ` and ${outside.length - MOST_NAMED} more` : '');
  const reasons = [
    ...(quantile > FAMILIAR ? [`its concepts redraw it worse than ${share(quantile)} of them`] : []),
    ...(outside.length === 0 ? [] : [`${names} ${outside.length === 1 ? 'is' : 'are'} beyond what any of them has`]),
  ];
  return `Unlike the training ${KINDS[input.kind]}: ${reasons.join('; ')}.`;
}
