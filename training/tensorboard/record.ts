import { crc32c } from './crc32c.ts';

/** Bytes of a length, and of a checksum. */
const [LENGTH, CHECKSUM] = [8, 4];

/**
 * The CRC-32C as records store it, turned right by 15 bits, plus a constant: a checksum over bytes that hold checksums
 * of themselves would be weak (TensorFlow, `xla/tsl/lib/hash/crc32c.h`).
 */
export function maskedCrc32c(bytes: Uint8Array): number {
  const crc = crc32c(bytes);
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
}

/**
 * A record of a TFRecord file (TensorFlow, `xla/tsl/lib/io/record_writer.h`), all numbers little-endian:
 *
 * ```
 * uint64  length
 * uint32  masked CRC-32C of the length
 * byte    data[length]
 * uint32  masked CRC-32C of the data
 * ```
 */
export function record(data: Uint8Array): Uint8Array {
  const start = LENGTH + CHECKSUM;
  const bytes = new Uint8Array(start + data.length + CHECKSUM);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, BigInt(data.length), true);
  view.setUint32(LENGTH, maskedCrc32c(bytes.subarray(0, LENGTH)), true);
  bytes.set(data, start);
  view.setUint32(start + data.length, maskedCrc32c(data), true);
  return bytes;
}
