/**
 * How long a structure of Thrift's compact protocol is, which is what a Parquet file's footer and the heads of its pages are.
 * hyparquet makes room for a list as long as the file says, however few bytes follow, so a structure is walked here before
 * it is handed over: what is longer than its bytes, or nested without end, is found before anything is made of it.
 * Source: github.com/apache/thrift, doc/specs/thrift-compact-protocol.md.
 */

/** Levels of Parquet's own structures: the footer has six. */
const DEEPEST = 16;
/** Bytes of a whole number, at most: 64 bits, 7 a byte. */
const LONGEST_NUMBER = 10;

/** Thrown where the bytes end before the structure does, which those that follow may still hold. */
class Unfinished extends Error {}

class Walk {
  readonly #view: DataView;
  at = 0;

  constructor(view: DataView) {
    this.#view = view;
  }

  byte(): number {
    if (this.at >= this.#view.byteLength) throw new Unfinished();
    return this.#view.getUint8(this.at++);
  }

  skip(count: number): void {
    if (count > this.#view.byteLength - this.at) throw new Unfinished();
    this.at += count;
  }

  /** A number of 7 bits a byte; what is above 2^53 is not exact, and longer than any file. */
  number(): number {
    let value = 0;
    for (let i = 0; i < LONGEST_NUMBER; i++) {
      const byte = this.byte();
      value += (byte & 0x7f) * 2 ** (7 * i);
      if (byte < 0x80) return value;
    }
    throw new Error('a number has more than 64 bits');
  }

  list(depth: number): void {
    const head = this.byte();
    const count = head >> 4 === 15 ? this.number() : head >> 4;
    for (let i = 0; i < count; i++) this.value(head & 0x0f, depth, true);
  }

  /** @param isElement of a list, where a truth value has a byte; as a field it is its type */
  value(type: number, depth: number, isElement = false): void {
    if (depth > DEEPEST) throw new Error(`structures are nested deeper than ${DEEPEST}`);
    if (type === 1 || type === 2) this.skip(isElement ? 1 : 0);
    else if (type === 3) this.skip(1);
    else if (type >= 4 && type <= 6) this.number();
    else if (type === 7) this.skip(8);
    else if (type === 8) this.skip(this.number());
    else if (type === 9) this.list(depth + 1);
    else if (type === 12) this.struct(depth + 1);
    else throw new Error(`unknown type ${type}`);
  }

  struct(depth: number): void {
    for (let head = this.byte(); (head & 0x0f) !== 0; head = this.byte()) {
      if (head >> 4 === 0) this.number(); // the field's own number
      this.value(head & 0x0f, depth);
    }
  }
}

/**
 * @param bytes that begin with a structure
 * @returns how many of them it takes; undefined where it goes on behind them
 * @throws Error where it is none
 */
export function structLength(bytes: Uint8Array): number | undefined {
  const walk = new Walk(new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  try {
    walk.struct(0);
    return walk.at;
  } catch (error) {
    if (error instanceof Unfinished) return undefined;
    throw error;
  }
}
