import { createHash } from 'node:crypto';

/**
 * Bytes that are made when they are needed, in memory that the next ones take over: a kernel in ONNX's order of axes is
 * as large as the kernel itself, and all of them together would be a second model.
 */
export interface MadeBytes {
  readonly length: number;
  /** Equal bytes have equal digests. */
  readonly digest: string;
  /** The same each time; they stand until any others are made. */
  make(): Uint8Array;
}

export type Bytes = Uint8Array | MadeBytes;

export const bytesOf = (bytes: Bytes): Uint8Array => (bytes instanceof Uint8Array ? bytes : bytes.make());

/** Fills an array with the same numbers each time. */
export type Fill = (target: Float32Array) => void;

/** Gives bytes that are made, all in one piece of memory. */
export function createMaker(): (length: number, fill: Fill) => MadeBytes {
  let memory = new Float32Array();
  return (length, fill) => {
    const make = (): Uint8Array => {
      if (memory.length < length) memory = new Float32Array(length);
      const target = memory.subarray(0, length);
      fill(target);
      return new Uint8Array(target.buffer, target.byteOffset, target.byteLength);
    };
    return { length: 4 * length, digest: digestOf(make()), make };
  };
}

/** Node hashes and writes less than 2 GiB at once; a constant may have more. */
const PIECE = 2 ** 30;

export function* piecesOf(bytes: Uint8Array): Generator<Uint8Array> {
  for (let start = 0; start < bytes.length; start += PIECE) yield bytes.subarray(start, start + PIECE);
}

export function digestOf(bytes: Uint8Array): string {
  const hash = createHash('sha256');
  for (const piece of piecesOf(bytes)) hash.update(piece);
  return hash.digest('base64');
}

/** Whether both are the same bytes. What is made is compared with what is made. */
export function sameBytes(a: Bytes, b: Bytes): boolean {
  if (a.length !== b.length) return false;
  if (!(a instanceof Uint8Array) && !(b instanceof Uint8Array)) return a.digest === b.digest;
  return Buffer.compare(bytesOf(a), bytesOf(b)) === 0;
}
