import { SennError } from '../../core/errors.ts';

/** An array in the IDX format of unsigned bytes (LeCun, Cortes & Burges, "The MNIST database"). */
export interface IdxArray {
  readonly shape: readonly number[];
  readonly data: Uint8Array;
}

/**
 * Parses an IDX file: two zero bytes, the type 0x08 (unsigned byte), the rank, the dimensions as big-endian int32,
 * then the values.
 * @throws missing_data where the header is not IDX or the values are too few or too many
 */
export function parseIdx(bytes: Uint8Array, where: string): IdxArray {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const rank = bytes[3] ?? 0;
  if (bytes.length < 4 || view.getUint16(0) !== 0 || bytes[2] !== 0x08 || rank === 0 || bytes.length < 4 + 4 * rank) {
    throw new SennError('missing_data', `${where}: is not an IDX file of unsigned bytes`, { where });
  }
  const shape = Array.from({ length: rank }, (_, i) => view.getUint32(4 + 4 * i));
  const data = bytes.subarray(4 + 4 * rank);
  const expected = shape.reduce((product, dimension) => product * dimension, 1);
  if (data.length !== expected) {
    throw new SennError(
      'missing_data',
      `${where}: shape [${shape.join(', ')}] needs ${expected} bytes, the file has ${data.length}`,
      {
        where,
      },
    );
  }
  return { shape, data };
}
