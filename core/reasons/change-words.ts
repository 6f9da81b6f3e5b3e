import { type Piece, patched } from '../images/regions/change.ts';
import { loopsOf } from '../images/regions/loops.ts';
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

const WORDS = { goes: 'without what is', comes: 'with more', both: 'with something else' } as const;

/** `at the top left`, `on the right`, `in the middle`. */
function placeWords({ down, right }: Piece['third']): string {
  if (down === 1) return right === 1 ? 'in the middle' : `on the ${RIGHT[right]}`;
  return `at the ${DOWN[down]}${right === 1 ? '' : ` ${RIGHT[right]}`}`;
}

/**
 * What a piece alone does to the loops of the picture: `, which closes a loop`; nothing where there are as many as before, or
 * where all pieces together do the opposite.
 */
function loopTeller({ own, decoded }: Pick<TurningPoint, 'own' | 'decoded'>): (piece: Piece) => string {
  const before = loopsOf(own);
  const whole = Math.sign(loopsOf(decoded) - before);
  return (piece) => {
    const alone = loopsOf(patched(own, decoded, piece)) - before;
    if (alone === 0 || Math.sign(alone) !== whole) return '';
    return `, which ${alone > 0 ? 'closes' : 'opens'} ${Math.abs(alone) === 1 ? 'a loop' : 'loops'}`;
  };
}

/** @returns `undefined` where the model does not read the other class, or where nothing changes that can be seen */
export function changeWords({ classes }: Pick<Manifest, 'classes'>, turn: TurningPoint): string | undefined {
  const { change, index, behind } = turn;
  const [first] = change.pieces;
  if (index !== behind || first === undefined) return undefined;
  const loopWords = loopTeller(turn);
  const placed = change.pieces
    .slice(0, MOST_NAMED)
    .map((piece) => ({ kind: piece.kind, place: placeWords(piece.third), loops: loopWords(piece) }));
  // where something goes and something comes, something else is there
  const named = placed.map((piece) => ({
    ...piece,
    kind: placed.some(({ place, kind }) => place === piece.place && kind !== piece.kind)
      ? ('both' as const)
      : piece.kind,
  }));
  // what does most comes first
  const parts = [...new Set([first.kind, 'goes', 'comes', 'both'] as const)].flatMap((wanted) => {
    const own = named.filter(({ kind }) => kind === wanted);
    if (own.length === 0) return [];
    const places = listed([...new Set(own.map(({ place }) => place))]);
    return [`${WORDS[wanted]} ${places}${own.find(({ loops }) => loops !== '')?.loops ?? ''}`];
  });
  return `it would be read as “${classes[behind]}” ${parts.join(', and ')}`;
}

/** The same by itself: `It would be read as “4” …` */
export const sentenceOfChange = (words: string): string => `${words.charAt(0).toUpperCase()}${words.slice(1)}.`;
