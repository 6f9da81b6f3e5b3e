import { SennError } from '../../../core/errors.ts';
import { inputShape, type Manifest } from '../../../core/manifest.ts';
import { sizeOf } from '../../../core/tensor.ts';
import type { Limits } from '../../config/limits.ts';

/**
 * Bounds what JSON is made of before it is parsed. A body within the limit of bytes may hold a million names or lists,
 * which take the event loop seconds to parse and to check, while all other requests wait. Counting them takes a
 * millisecond or two a megabyte, and ends at the first too many. A long text costs nothing more and is not bounded here:
 * images are such.
 */

/** What JSON may hold at most. */
export interface JsonBudget {
  /** Names of members, texts, objects, `true`, `false` and `null`. */
  readonly values: number;
  /** Numbers, and lists. */
  readonly numbers: number;
}

/** Lists and objects inside each other, at most: a model's input needs five. */
const DEPTH = 32;

/** Characters of a number, at most: any that a number of 64 bits needs is shorter. */
const DIGITS = 1024;

/** What a body may hold besides its inputs: room for mistakes, so that small ones are told by what they are. */
const ROOM = 4096;

/** Values of an instance besides its features and concepts: an object, the name of its form, a text. */
const VALUES_BESIDES = 8;

/** Of JSON that describes what is wanted, and holds no inputs. */
export const smallBudget: JsonBudget = { values: 64, numbers: 64 };

/**
 * Of a body with inputs for one of the models: what the most inputs that a request may hold can need.
 * @param lists whether inputs may come as lists of numbers, rather than as texts and named features alone
 */
export function inputsBudget(
  manifests: readonly Pick<Manifest, 'input' | 'concepts'>[],
  { instancesPerRequest }: Pick<Limits, 'instancesPerRequest'>,
  lists: boolean,
): JsonBudget {
  const widest = (of: (manifest: Pick<Manifest, 'input' | 'concepts'>) => number): number =>
    Math.max(0, ...manifests.map(of));
  const named = widest(
    ({ input, concepts }) => concepts.length + (input.kind === 'tabular' ? input.features.length : 0),
  );
  const listed = lists ? widest((manifest) => 2 * sizeOf(inputShape(manifest))) : 0;
  return {
    values: ROOM + instancesPerRequest * (named + VALUES_BESIDES),
    numbers: ROOM + instancesPerRequest * (named + listed),
  };
}

/** What a byte outside of texts begins. */
const [NOTHING, TEXT, LIST, OBJECT, END, NUMBER, WORD] = [0, 1, 2, 3, 4, 5, 6];
const begins = new Uint8Array(256);
const numberBytes = new Uint8Array(256);
const mark = (table: Uint8Array, characters: string, as: number): void => {
  for (const character of characters) table[character.charCodeAt(0)] = as;
};
mark(begins, '"', TEXT);
mark(begins, '[', LIST);
mark(begins, '{', OBJECT);
mark(begins, ']}', END);
mark(begins, '-0123456789', NUMBER);
mark(begins, 'tfn', WORD);
mark(numberBytes, '+-.0123456789eE', 1);
const [QUOTE, BACKSLASH] = [0x22, 0x5c];

/**
 * Whether it is JSON at all is left to the parser.
 * @param what names the bytes in errors
 * @throws payload_too_large, invalid_request
 */
export function checkStructure(json: Uint8Array, { values, numbers }: JsonBudget, what = 'body'): void {
  let [valuesLeft, numbersLeft, depth] = [values, numbers, 0];
  const { length } = json;
  const next = (byte: number, from: number): number => {
    const found = json.indexOf(byte, from); // a text of megabytes, as an image is, is searched by the processor's widest steps
    return found < 0 ? length : found;
  };
  let backslash = next(BACKSLASH, 0);
  /** @param start where the text's first quote is @returns where its last one is */
  const endOfText = (start: number): number => {
    let end = next(QUOTE, start + 1);
    if (backslash < start) backslash = next(BACKSLASH, start);
    if (end < backslash) return end;
    for (end = backslash; end < length && json[end] !== QUOTE; end++) if (json[end] === BACKSLASH) end += 1;
    return end;
  };
  for (let at = 0; at < length; at++) {
    const begun = begins[json[at] as number];
    if (begun === NOTHING) continue;
    if (begun === TEXT) {
      valuesLeft -= 1;
      at = endOfText(at);
    } else if (begun === NUMBER) {
      numbersLeft -= 1;
      const start = at;
      while (numberBytes[json[at + 1] as number] === 1) at += 1;
      if (at - start >= DIGITS) {
        throw new SennError('invalid_request', `${what}: a number of more than ${DIGITS} characters`, { most: DIGITS });
      }
    } else if (begun === END) {
      depth -= 1;
    } else if (begun === WORD) {
      valuesLeft -= 1;
    } else {
      if (begun === LIST) numbersLeft -= 1;
      else valuesLeft -= 1;
      depth += 1;
    }
    if (valuesLeft < 0) throw tooMany(what, 'names, texts, objects, true, false and null', values);
    if (numbersLeft < 0) throw tooMany(what, 'numbers and lists', numbers);
    if (depth > DEPTH) {
      throw new SennError('invalid_request', `${what}: nested more than ${DEPTH} deep`, { most: DEPTH });
    }
  }
}

const tooMany = (what: string, of: string, most: number): SennError =>
  new SennError('payload_too_large', `${what}: more than ${most} ${of}; no more are taken in one request`, { most });
