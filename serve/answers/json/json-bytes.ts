import { memoized } from '../../memo.ts';
import { MOST_BYTES, writeFloat32 } from './float32-text.ts';

/**
 * Writes JSON as UTF-8 into one growing piece of memory, so that a batch's answers are handed over at once and no
 * string is made of them. Its speed: `npm run bench:serve`; a test holds it to `JSON.stringify`.
 */

/** A part of the bytes: from `from` to before `to`. */
export interface Place {
  readonly from: number;
  readonly to: number;
}

/** What can be written. A list holds numbers only, or none. */
export type JsonValue =
  | string
  | boolean
  | number
  | boolean
  | JsonNumbers
  | readonly Exclude<JsonValue, number>[]
  | { readonly [name: string]: JsonValue | undefined };

type JsonNumbers = readonly number[] | Float32Array;
type JsonList = JsonNumbers | readonly Exclude<JsonValue, number>[];

const [OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT, COMMA, QUOTE] = [0x5b, 0x5d, 0x7b, 0x7d, 0x2c, 0x22];
/** Bytes of UTF-8 that one unit of a JavaScript string takes at most. */
const BYTES_PER_UNIT = 3;
/** Strings that need no escape in JSON, and are one byte for each character. */
const IS_PLAIN = /^[ !#-[\]-~]*$/;
/** Characters from which on counting a text's bytes costs less than reserving the most that they may be. */
const LONG = 256;

/**
 * Holds a number that is in no list, while it is written. A list of doubles like those of answers: V8 then sees one
 * kind.
 */
const one = [0.5];

const keyOf = memoized((name) => Buffer.from(`${JSON.stringify(name)}:`));

/** Texts and JSON in one piece of memory, in UTF-8. */
export class JsonBytes {
  // memory of its own: a part of Node's pool could not be handed over to another thread
  private out: Buffer<ArrayBuffer>;
  private at = 0;

  /** @param expected bytes that it will come to, about */
  constructor(expected: number) {
    this.out = Buffer.allocUnsafeSlow(expected);
  }

  /** @returns where it lies, in bytes */
  addText(text: string): Place {
    const from = this.at;
    this.putText(text);
    return { from, to: this.at };
  }

  /**
   * Plain values as JSON, with commas between them. Numbers that are not whole, or beyond 2⁵³, are rounded to float32;
   * what is undefined is left out of an object.
   * @returns where they lie, in bytes
   */
  addJson(values: JsonList): Place {
    const from = this.at;
    this.putList(values);
    return { from, to: this.at };
  }

  /** All that has been added. */
  bytes(): Uint8Array<ArrayBuffer> {
    return this.out.subarray(0, this.at);
  }

  private makeRoom(bytes: number): void {
    if (this.at + bytes > this.out.length) this.grow(bytes);
  }

  private grow(bytes: number): void {
    const larger = Buffer.allocUnsafeSlow(Math.max(this.at + bytes, 2 * this.out.length));
    this.out.copy(larger, 0, 0, this.at);
    this.out = larger;
  }

  private putMark(mark: number): void {
    this.makeRoom(1);
    this.out[this.at++] = mark;
  }

  private putText(text: string): void {
    this.makeRoom(text.length < LONG ? BYTES_PER_UNIT * text.length : Buffer.byteLength(text));
    this.at += this.out.write(text, this.at);
  }

  private putString(text: string): void {
    if (!IS_PLAIN.test(text)) {
      this.putText(JSON.stringify(text));
      return;
    }
    this.putMark(QUOTE);
    this.makeRoom(text.length);
    this.at += this.out.write(text, this.at, 'latin1');
    this.putMark(QUOTE);
  }

  private putKey(name: string): void {
    const key = keyOf(name);
    this.makeRoom(key.length);
    this.out.set(key, this.at);
    this.at += key.length;
  }

  private putList(values: JsonList): void {
    // by `at`, since `[0]` on lists of numbers and on others alike makes V8 turn the numbers into objects
    if (typeof values.at(0) === 'number') {
      this.putNumbers(values as JsonNumbers);
      return;
    }
    for (let i = 0; i < values.length; i++) {
      if (i > 0) this.putMark(COMMA);
      this.put(values[i] as JsonValue);
    }
  }

  /** Passes no number on as an argument: V8 would allocate an object for each. */
  private putNumbers(values: JsonNumbers): void {
    for (let i = 0; i < values.length; i++) {
      this.makeRoom(1 + MOST_BYTES);
      if (i > 0) this.out[this.at++] = COMMA;
      this.at = writeFloat32(this.out, this.at, values, i);
    }
  }

  private put(value: JsonValue): void {
    if (typeof value === 'string') {
      this.putString(value);
    } else if (typeof value === 'boolean') {
      this.putText(String(value));
    } else if (typeof value === 'number') {
      one[0] = value;
      this.putNumbers(one);
    } else if (Array.isArray(value) || value instanceof Float32Array) {
      this.putMark(OPEN_LIST);
      this.putList(value);
      this.putMark(CLOSE_LIST);
    } else {
      this.putObject(value as { readonly [name: string]: JsonValue | undefined });
    }
  }

  private putObject(object: { readonly [name: string]: JsonValue | undefined }): void {
    this.putMark(OPEN_OBJECT);
    let first = true;
    for (const name in object) {
      const value = object[name];
      if (value === undefined) continue;
      if (!first) this.putMark(COMMA);
      first = false;
      this.putKey(name);
      this.put(value);
    }
    this.putMark(CLOSE_OBJECT);
  }
}
