import { SennError } from '../../../core/errors.ts';

/** What the header of a `.npy` file says (`numpy.lib.format`, versions 1 to 3). */
export interface NpyHeader {
  /** Type of the elements, for example `|u1` for bytes. */
  readonly descr: string;
  readonly fortranOrder: boolean;
  readonly shape: readonly number[];
  /** Bytes before the first element. */
  readonly length: number;
}

/** Bytes that surely hold the start of a header: magic, version and the header's length. */
const PREFIX = 12;

function headerLength(bytes: Buffer): number {
  return bytes[6] === 1 ? 10 + bytes.readUInt16LE(8) : 12 + bytes.readUInt32LE(8);
}

/**
 * The header at the start of some bytes; `undefined` when more are needed to read it.
 * @throws missing_data where they are not of the format
 */
export function parseNpyHeader(bytes: Buffer, where: string): NpyHeader | undefined {
  if (bytes.length < PREFIX) return undefined;
  const refuse = (): SennError =>
    new SennError('missing_data', `${where}: is not an array of NumPy's format 1, 2 or 3`, { where });
  const magic = bytes.toString('latin1', 0, 6);
  if (magic !== '\x93NUMPY' || ![1, 2, 3].includes(bytes[6] as number)) throw refuse();
  const length = headerLength(bytes);
  if (bytes.length < length) return undefined;
  const text = bytes.toString('latin1', 0, length);
  const descr = /'descr': '([^']*)'/.exec(text)?.[1];
  const order = /'fortran_order': (True|False)/.exec(text)?.[1];
  const shape = /'shape': \(([\d, ]*)\)/.exec(text)?.[1];
  if (descr === undefined || order === undefined || shape === undefined) throw refuse();
  const sizes = shape.split(',').filter((size) => size.trim() !== '');
  return { descr, fortranOrder: order === 'True', shape: sizes.map(Number), length };
}
