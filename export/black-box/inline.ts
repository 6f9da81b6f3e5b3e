import { closeSync, fstatSync, openSync, readSync, realpathSync } from 'node:fs';
import { dirname, isAbsolute, join, relative, sep } from 'node:path';
import { SennError } from '../../core/errors.ts';
import { DATA_LOCATION, DEPTH, EXTERNAL, type Message, modelMessage } from '../../core/onnx/tensor-places.ts';
import { MOST_BYTES } from '../onnx/schema.ts';

/**
 * Takes weights that an ONNX file keeps in other files into it. All else of the file stays as it is, byte by byte: fields
 * that no schema here knows (functions, newer types) would be lost if it were read and written anew.
 */

/** Of TensorProto: its bytes, and where else they are. */
const RAW_DATA = 9;
const EXTERNAL_DATA = 13;

/** One field in the wire format of Protocol Buffers: `[start, end)` with its tag, `[from, end)` without. */
interface Field {
  readonly id: number;
  readonly wire: number;
  readonly start: number;
  readonly from: number;
  readonly end: number;
  readonly value: number;
}

/** @throws invalid_model where the bytes are no message */
function fieldsOf(bytes: Uint8Array, where: string): Field[] {
  const fields: Field[] = [];
  let at = 0;
  const broken = (): SennError =>
    new SennError('invalid_model', `${where}: ${bytes.length} bytes are no ONNX model (cut off, or of another format)`);
  const varint = (): number => {
    let [value, scale] = [0, 1];
    for (let byte = 0x80; byte >= 0x80; scale *= 128) {
      if (at >= bytes.length) throw broken();
      byte = bytes[at++] as number;
      value += (byte & 0x7f) * scale;
    }
    return value;
  };
  while (at < bytes.length) {
    const start = at;
    const key = varint();
    const [id, wire] = [Math.floor(key / 8), key % 8];
    let [from, value] = [at, 0];
    if (wire === 0) value = varint();
    else if (wire === 1 || wire === 5) at += wire === 1 ? 8 : 4;
    else if (wire === 2) {
      const length = varint();
      from = at;
      at += length;
    } else throw broken();
    if (at > bytes.length) throw broken();
    fields.push({ id, wire, start, from, end: at, value });
  }
  return fields;
}

/** The tag of a field that has a length, and that length. */
function delimited(id: number, length: number): Uint8Array {
  const bytes: number[] = [];
  for (let value of [id * 8 + 2, length]) {
    for (; value >= 0x80; value = Math.floor(value / 128)) bytes.push((value % 128) | 0x80);
    bytes.push(value);
  }
  return Uint8Array.from(bytes);
}

const lengthOf = (chunks: readonly Uint8Array[]): number => chunks.reduce((sum, { length }) => sum + length, 0);

type Read = (entries: Readonly<Record<string, string>>) => Uint8Array;

/** The message with its tensors inside, in pieces; `undefined` where it keeps none elsewhere. */
function inlined(bytes: Uint8Array, message: Message, where: string, read: Read, depth = 0): Uint8Array[] | undefined {
  if (depth > DEPTH) throw new SennError('invalid_model', `${where}: graphs inside graphs, more than ${DEPTH} deep`);
  const fields = fieldsOf(bytes, where);
  if (message.isTensor) {
    if (!fields.some(({ id, value }) => id === DATA_LOCATION && value === EXTERNAL)) return undefined;
    const entries = fields.filter(({ id }) => id === EXTERNAL_DATA).map((one) => entryOf(bytes, one, where));
    const kept = fields.filter(({ id }) => id !== EXTERNAL_DATA && id !== DATA_LOCATION && id !== RAW_DATA);
    const data = read(Object.fromEntries(entries));
    return [...kept.map(({ start, end }) => bytes.subarray(start, end)), delimited(RAW_DATA, data.length), data];
  }
  let changed = false;
  const chunks = fields.flatMap(({ id, wire, start, from, end }) => {
    const inner = wire === 2 ? message.fields[id] : undefined;
    const next = inner && inlined(bytes.subarray(from, end), inner(), where, read, depth + 1);
    if (next === undefined) return [bytes.subarray(start, end)];
    changed = true;
    return [delimited(id, lengthOf(next)), ...next];
  });
  return changed ? chunks : undefined;
}

/** A `StringStringEntryProto`. */
function entryOf(bytes: Uint8Array, { from, end }: Field, where: string): [key: string, value: string] {
  const entry = bytes.subarray(from, end);
  const texts = new Map(
    fieldsOf(entry, where).map(({ id, from, end }) => [id, new TextDecoder().decode(entry.subarray(from, end))]),
  );
  return [texts.get(1) ?? '', texts.get(2) ?? ''];
}

/** Reads parts of the files of one folder, and of no other: also not by `..`, an absolute path or a link. */
function reader(path: string): { read: Read; files: ReadonlySet<string> } {
  const folder = realpathSync(dirname(path));
  const files = new Set<string>();
  let total = 0;
  const refuse = (location: string, why: string): SennError =>
    new SennError('invalid_model', `${path}: external data "${location.slice(0, 200)}" ${why}`, { path, location });
  const read: Read = ({ location = '', offset = '0', length }) => {
    if (![offset, length ?? '0'].every((number) => /^\d{1,15}$/.test(number))) {
      throw refuse(location, `must have whole numbers for offset and length, got ${offset} and ${length}`);
    }
    let real: string;
    try {
      real = realpathSync(join(folder, location));
    } catch (error) {
      throw refuse(location, `cannot be read (${(error as NodeJS.ErrnoException).code}); it must lie beside the model`);
    }
    const inside = relative(folder, real);
    if (
      location === '' ||
      isAbsolute(location) ||
      inside === '' ||
      isAbsolute(inside) ||
      inside.split(sep)[0] === '..'
    ) {
      throw refuse(location, 'must lie in the folder of the model');
    }
    const file = openSync(real, 'r');
    try {
      const stats = fstatSync(file);
      const start = Number(offset);
      const size = length === undefined ? stats.size - start : Number(length);
      if (!stats.isFile() || size < 0 || start + size > stats.size) {
        throw refuse(location, `must hold bytes ${start} to ${start + size}; it has ${stats.size}`);
      }
      total += size;
      if (total > MOST_BYTES) throw refuse(location, `and what else there is make more than ${MOST_BYTES} bytes`);
      const bytes = new Uint8Array(size);
      for (let done = 0; done < size; ) {
        const count = readSync(file, bytes, done, size - done, start + done);
        if (count === 0) throw refuse(location, 'became shorter while it was read');
        done += count;
      }
      files.add(location);
      return bytes;
    } finally {
      closeSync(file);
    }
  };
  return { read, files };
}

/**
 * @param path of the `.onnx` file, beside which its data lie
 * @returns the same bytes where it keeps nothing elsewhere; and the files that were taken in
 * @throws invalid_model for data outside the folder, data that are not there, and more than one ONNX file may hold
 */
export function inlineExternalData(bytes: Uint8Array, path: string): { bytes: Uint8Array; files: readonly string[] } {
  const { read, files } = reader(path);
  const chunks = inlined(bytes, modelMessage, path, read);
  if (chunks === undefined) return { bytes, files: [] };
  const size = lengthOf(chunks);
  if (size > MOST_BYTES) {
    throw new SennError(
      'invalid_model',
      `${path}: with its data ${size} bytes; one ONNX file holds at most ${MOST_BYTES}`,
    );
  }
  const whole = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return { bytes: whole, files: [...files] };
}
