import type { TabularInput } from '../../tables/features.ts';
import { shortestDecimal } from '../../tables/float32.ts';
import { quantity } from '../../text/format.ts';
import { listed } from '../../text/listed.ts';
import type { AttributionName } from '../attribution.ts';
import { attributions } from '../index.ts';
import type { AttributionAnswer } from './schema.ts';

/** What an attribution tells, in words, the same under a figure and on the page. */

/** What colours mean where an attribution is drawn. */
export const COLOUR_WORDS = 'Blue speaks for the class, orange against it.';

const drawnWords = {
  quartiles: 'features are drawn by the quartiles of the training set',
  ranges: 'features are drawn by quarters of their ranges, since the quartiles are not known',
} as const satisfies Record<NonNullable<AttributionAnswer['drawn']>, string>;

/** What the values are, what stands for a part that is taken away, and what it took to find out. */
export function attributionWords(name: AttributionName, answer: AttributionAnswer): string {
  const { explains, class: of, baseline, drawn, queries } = answer;
  const without = drawn === undefined ? `in the place of a part: ${baseline.is}` : drawnWords[drawn];
  const asked = `${queries.toLocaleString('en')} ${queries === 1 ? 'row' : 'rows'} asked`;
  return `${explains} of “${of.label}”: ${attributions[name].means}; ${without}; ${asked}.`;
}

/** Features that are named, at most, for the class and against it; and of the largest value: what is less is not named. */
const MOST = { for: 3, against: 2 } as const;
const NOTEWORTHY = 0.1;

/**
 * What speaks for the class and what against it, as a clause: `petal length (4.8 cm) and petal width (1.8 cm) speak for
 * “virginica”, sepal width (3.2 cm) against it, by kernel-shap`. Of an image the colours tell it.
 * @param row `[F]`, of a table, in the features' own units
 */
export function outsideClause(
  input: { readonly kind: 'image' } | TabularInput,
  row: Float32Array,
  name: AttributionName,
  { class: of, values }: AttributionAnswer,
): string {
  if (input.kind === 'image') return `what is blue speaks for “${of.label}”, what is orange against it, by ${name}`;
  const largest = Math.max(...values.map(Math.abs));
  const order = [...values.keys()].sort((a, b) => Math.abs(values[b] as number) - Math.abs(values[a] as number));
  const noted = order.filter((f) => largest > 0 && Math.abs(values[f] as number) >= NOTEWORTHY * largest);
  const told = (fs: readonly number[], most: number): string => {
    const named = (f: number): string => {
      const { name, unit } = input.features[f] as TabularInput['features'][number];
      return `${name} (${quantity(shortestDecimal(row[f] as number), unit)})`;
    };
    return listed(fs.slice(0, most).map(named), Math.max(0, fs.length - most));
  };
  const [pros, cons] = [1, -1].map((sign) => noted.filter((f) => sign * (values[f] as number) > 0)) as [
    number[],
    number[],
  ];
  const speak = (fs: readonly number[]): string => (fs.length === 1 ? 'speaks' : 'speak');
  const clauses = [
    ...(pros.length > 0 ? [`${told(pros, MOST.for)} ${speak(pros)} for “${of.label}”`] : []),
    ...(cons.length > 0
      ? [
          `${told(cons, MOST.against)} ${pros.length > 0 ? '' : `${speak(cons)} `}against ${pros.length > 0 ? 'it' : `“${of.label}”`}`,
        ]
      : []),
  ];
  return `${clauses.length === 0 ? 'no feature speaks for it' : clauses.join(', ')}, by ${name}`;
}
