import type { Piece } from '../images/change.ts';
import { loopsOf } from '../images/loops.ts';
import type { Manifest } from '../manifest.ts';
import { listed } from '../text/listed.ts';
import type { TurningPoint } from './turning-point.ts';

/**
 * What would tip a decision, in words that need no concept: `it would be read as “4” without what is at the top, which opens a
 * loop`. The places are those of the pieces that the figure draws on the input, the loops those of the decoded pictures.
 */

const MOST_NAMED = 3;

const DOWN = ['top', 'middle', 'bottom'] as const;
const RIGHT = ['left', 'middle', 'right'] as const;

/** `at the top left`, `on the right`, `in the middle`. */
function placeWords({ down, right }: Piece['third']): string {
  if (down === 1) return right === 1 ? 'in the middle' : `on the ${RIGHT[right]}`;
  return `at the ${DOWN[down]}${right === 1 ? '' : ` ${RIGHT[right]}`}`;
}

/** `, which closes a loop`; nothing where there are as many loops as before. */
function loopWords({ own, decoded }: Pick<TurningPoint, 'own' | 'decoded'>): string {
  const more = loopsOf(decoded) - loopsOf(own);
  if (more === 0) return '';
  return `, which ${more > 0 ? 'closes' : 'opens'} ${Math.abs(more) === 1 ? 'a loop' : 'loops'}`;
}

/** @returns `undefined` where the model does not read the other class, or where nothing changes that can be seen */
export function changeWords({ classes }: Pick<Manifest, 'classes'>, turn: TurningPoint): string | undefined {
  const { change, index, behind } = turn;
  if (index !== behind) return undefined;
  const named = change.pieces.slice(0, MOST_NAMED);
  const placesOf = (wanted: Piece['kind']): string[] => [
    ...new Set(named.filter(({ kind }) => kind === wanted).map(({ third }) => placeWords(third))),
  ];
  const [going, coming] = [placesOf('goes'), placesOf('comes')];
  const others = going.filter((place) => coming.includes(place));
  const parts = [
    { kind: 'goes', what: 'without what is', places: going.filter((place) => !others.includes(place)) },
    { kind: 'comes', what: 'with more', places: coming.filter((place) => !others.includes(place)) },
    { kind: 'both', what: 'with something else', places: others },
  ].filter(({ places }) => places.length > 0);
  const [first] = named;
  if (first === undefined) return undefined;
  // what does most comes first
  const told = parts
    .sort((a, b) => Number(b.kind === first.kind) - Number(a.kind === first.kind))
    .map(({ what, places }) => `${what} ${listed(places)}`);
  return `it would be read as “${classes[behind]}” ${told.join(', and ')}${loopWords(turn)}`;
}

/** The same by itself: `It would be read as “4” …` */
export const sentenceOfChange = (words: string): string => `${words.charAt(0).toUpperCase()}${words.slice(1)}.`;
