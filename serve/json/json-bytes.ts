import { remembering } from '../recent.ts';
import { MOST_BYTES, writeFloat32 } from './float32-text.ts';

/** Texts and JSON in one piece of memory, in UTF-8. */
export interface JsonBytes {
  /** @returns where it lies, in bytes */
  addText(text: string): Place;
  /**
   * Plain values as JSON, with commas between them. Numbers that are not whole are rounded to float32; what is
   * undefined is left out of an object.
   */
  addJson(values: readonly JsonValue[]): Place;
  /** All that has been added. */
  bytes(): Uint8Array<ArrayBuffer>;
}

export interface Place {
  readonly from: number;
  readonly to: number;
}

export type JsonValue =
  | string
  | number
  | Float32Array
  | readonly JsonValue[]
  | { readonly [name: string]: JsonValue | undefined };

const [OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT, COMMA, QUOTE] = [0x5b, 0x5d, 0x7b, 0x7d, 0x2c, 0x22];
/** UTF-8 of one UTF-16 unit, at most. */
const BYTES_PER_UNIT = 3;
/** What needs no escape, and has a byte for each of its units. */
const IS_PLAIN = /^[ !#-[\]-~]*$/;
/** From so many on it is worth asking how long a text is. */
const LONG = 256;

const keyOf = remembering((name) => Buffer.from(`${JSON.stringify(name)}:`));

/** @param expected bytes that it will come to, about */
export function jsonBytes(expected: number): JsonBytes {
  // no part of a pool, which could not be handed over to another thread
  let out = Buffer.from(new ArrayBuffer(expected));
  let at = 0;

  const makeRoom = (bytes: number): void => {
    if (at + bytes <= out.length) return;
    const larger = Buffer.from(new ArrayBuffer(Math.max(at + bytes, 2 * out.length)));
    out.copy(larger, 0, 0, at);
    out = larger;
  };
  const putMark = (mark: number): void => {
    makeRoom(1);
    out[at++] = mark;
  };
  const putText = (text: string): void => {
    makeRoom(text.length < LONG ? BYTES_PER_UNIT * text.length : Buffer.byteLength(text));
    at += out.write(text, at);
  };
  const putString = (text: string): void => {
    if (!IS_PLAIN.test(text)) {
      putText(JSON.stringify(text));
      return;
    }
    makeRoom(text.length + 2);
    out[at] = QUOTE;
    out.write(text, at + 1, 'latin1');
    at += text.length + 2;
    out[at - 1] = QUOTE;
  };
  const putKey = (name: string): void => {
    const key = keyOf(name);
    makeRoom(key.length);
    at += key.copy(out, at);
  };
  const putList = (values: readonly JsonValue[] | Float32Array): void => {
    const makeRoomFrom = (i: number): void => makeRoom((values.length - i) * (MOST_BYTES + 1));
    makeRoomFrom(0); // for numbers, so that none of them need ask
    for (let i = 0; i < values.length; i++) {
      const value = values[i] as JsonValue;
      if (i > 0) out[at++] = COMMA;
      if (typeof value === 'number') {
        at = writeFloat32(out, at, value);
      } else {
        put(value);
        makeRoomFrom(i);
      }
    }
  };
  const put = (value: JsonValue): void => {
    if (typeof value === 'number') {
      makeRoom(MOST_BYTES);
      at = writeFloat32(out, at, value);
    } else if (typeof value === 'string') {
      putString(value);
    } else if (Array.isArray(value) || value instanceof Float32Array) {
      putMark(OPEN_LIST);
      putList(value);
      putMark(CLOSE_LIST);
    } else {
      putObject(value as { readonly [name: string]: JsonValue | undefined });
    }
  };
  const putObject = (object: { readonly [name: string]: JsonValue | undefined }): void => {
    putMark(OPEN_OBJECT);
    let first = true;
    for (const name of Object.keys(object)) {
      const value = object[name];
      if (value === undefined) continue;
      if (!first) putMark(COMMA);
      first = false;
      putKey(name);
      put(value);
    }
    putMark(CLOSE_OBJECT);
  };
  const placed = (write: () => void): Place => {
    const from = at;
    write();
    return { from, to: at };
  };

  return {
    addText: (text) => placed(() => putText(text)),
    addJson: (values) => placed(() => putList(values)),
    bytes: () => out.subarray(0, at),
  };
}
