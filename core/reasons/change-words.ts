import { changeBetween, type Piece } from '../images/change.ts';
import type { Manifest } from '../manifest.ts';
import type { Tensor } from '../tensor.ts';
import { listed } from '../text/listed.ts';
import type { TurningPoint } from './turning-point.ts';

/**
 * What would tip a decision, in words that need no concept: `it would be read as “4” without what is at the top, and with
 * more on the left`. The places are those of the change that the figure draws on the input.
 */

/** Of the largest piece: smaller ones are for the picture to show. */
const NAMED = 0.3;
const MOST_NAMED = 3;

const DOWN = ['top', 'middle', 'bottom'] as const;
const RIGHT = ['left', 'middle', 'right'] as const;

/** `at the top left`, `on the right`, `in the middle`. */
function placeWords({ down, right }: Piece['third']): string {
  if (down === 1) return right === 1 ? 'in the middle' : `on the ${RIGHT[right]}`;
  return `at the ${DOWN[down]}${right === 1 ? '' : ` ${RIGHT[right]}`}`;
}

/**
 * @param input `[C, H, W]` in [0, 1]
 * @returns `undefined` where the model does not read the other class, or where nothing changes that can be seen
 */
export function changeWords(
  { classes }: Pick<Manifest, 'classes'>,
  input: Tensor,
  { own, decoded, index, behind }: TurningPoint,
): string | undefined {
  if (index !== behind) return undefined;
  const { pieces } = changeBetween(input, own, decoded);
  const large = pieces.filter(({ size }) => size >= NAMED * (pieces[0] as Piece).size).slice(0, MOST_NAMED);
  const placesOf = (wanted: Piece['kind']): string[] => [
    ...new Set(large.filter(({ kind }) => kind === wanted).map(({ third }) => placeWords(third))),
  ];
  const [going, coming] = [placesOf('goes'), placesOf('comes')];
  const others = going.filter((place) => coming.includes(place));
  const parts = [
    { what: 'without what is', places: going.filter((place) => !others.includes(place)) },
    { what: 'with something else', places: others },
    { what: 'with more', places: coming.filter((place) => !others.includes(place)) },
  ].filter(({ places }) => places.length > 0);
  if (parts.length === 0) return undefined;
  const told = parts.map(({ what, places }) => `${what} ${listed(places)}`);
  return `it would be read as “${classes[behind]}” ${told.join(', and ')}`;
}

/** The same by itself: `It would be read as “4” …` */
export const sentenceOfChange = (words: string): string => `${words.charAt(0).toUpperCase()}${words.slice(1)}.`;
