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

/** What a piece alone does to the loops of the picture: `, which closes a loop`; nothing where there are as many as before. */
function loopWords({ own, decoded }: Pick<TurningPoint, 'own' | 'decoded'>, piece: Piece): string {
  const whole = loopsOf(decoded) - loopsOf(own);
  const alone = loopsOf(patched(own, decoded, piece)) - loopsOf(own);
  if (alone === 0 || Math.sign(alone) !== Math.sign(whole)) return '';
  return `, which ${alone > 0 ? 'closes' : 'opens'} ${Math.abs(alone) === 1 ? 'a loop' : 'loops'}`;
}

/** @returns `undefined` where the model does not read the other class, or where nothing changes that can be seen */
export function changeWords({ classes }: Pick<Manifest, 'classes'>, turn: TurningPoint): string | undefined {
  const { change, index, behind } = turn;
  if (index !== behind) return undefined;
  const named = change.pieces.slice(0, MOST_NAMED);
  const [first] = named;
  if (first === undefined) return undefined;
  const told = named.map((piece) => ({ ...piece, place: placeWords(piece.third), loops: loopWords(turn, piece) }));
  const kindsAt = (place: string) => new Set(told.filter((piece) => piece.place === place).map(({ kind }) => kind));
  const parts = [
    { kind: first.kind, isBoth: false },
    { kind: first.kind === 'goes' ? ('comes' as const) : ('goes' as const), isBoth: false },
    { kind: undefined, isBoth: true },
  ].flatMap(({ kind, isBoth }) => {
    const own = told.filter(
      (piece) => kindsAt(piece.place).size > 1 === isBoth && (kind === undefined || piece.kind === kind),
    );
    if (own.length === 0) return [];
    const loops = own.find((piece) => piece.loops !== '')?.loops ?? '';
    return [
      `${kind === undefined ? WORDS.both : WORDS[kind]} ${listed([...new Set(own.map(({ place }) => place))])}${loops}`,
    ];
  });
  return `it would be read as “${classes[behind]}” ${parts.join(', and ')}`;
}

/** The same by itself: `It would be read as “4” …` */
export const sentenceOfChange = (words: string): string => `${words.charAt(0).toUpperCase()}${words.slice(1)}.`;
