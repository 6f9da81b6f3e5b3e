/** Castagnoli's polynomial 0x1EDC6F41 with its bits reversed: the lowest bit of a byte goes first (RFC 3720, 12.1). */
const POLYNOMIAL = 0x82f63b78;

/** `[256]`, the remainder that each byte leaves. */
const REMAINDERS = Uint32Array.from({ length: 256 }, (_, byte) => {
  let remainder = byte;
  for (let bit = 0; bit < 8; bit++) remainder = (remainder >>> 1) ^ (remainder & 1 ? POLYNOMIAL : 0);
  return remainder;
});

/**
 * The checksum CRC-32C (RFC 3720, appendix B.4, has its test vectors). Node's `zlib.crc32` is another one: it divides
 * by the polynomial of IEEE 802.3.
 * @returns a whole number below 2³²
 */
export function crc32c(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = (crc >>> 8) ^ (REMAINDERS[(crc ^ byte) & 0xff] as number);
  return ~crc >>> 0;
}
