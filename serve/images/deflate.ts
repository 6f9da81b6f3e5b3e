/**
 * Compresses small images into a zlib stream, in JavaScript alone. A call of zlib takes some 15 µs before its first
 * byte, more than this takes for a whole 28 × 28 image, and an answer holds dozens of them (`npm run bench:serve`, with
 * traversals). It finds runs of one byte and nothing else, which is most of what a drawing on an empty background has,
 * and writes them with the fixed codes of DEFLATE (RFC 1951, §3.2.6).
 */

/** The code of each symbol, first bit lowest, and how many bits it has (at most 9). */
interface Codes {
  readonly bits: Uint16Array;
  readonly lengths: Uint8Array;
}

/** The bits of a code in the opposite order: the stream holds Huffman codes first bit first (RFC 1951, §3.1.1). */
function reversed(code: number, length: number): number {
  let out = 0;
  for (let i = 0; i < length; i++) out |= ((code >> i) & 1) << (length - 1 - i);
  return out;
}

/** The fixed codes of literals and lengths: first symbol, bits, first code. */
const fixedRanges = [
  [0, 8, 0b00110000],
  [144, 9, 0b110010000],
  [256, 7, 0b0000000],
  [280, 8, 0b11000000],
] as const;

function fixedCodes(): Codes {
  const bits = new Uint16Array(288);
  const lengths = new Uint8Array(288);
  fixedRanges.forEach(([first, length, code], i) => {
    const end = fixedRanges[i + 1]?.[0] ?? 288;
    for (let symbol = first; symbol < end; symbol++) {
      bits[symbol] = reversed(code + symbol - first, length);
      lengths[symbol] = length;
    }
  });
  return { bits, lengths };
}

const MOST = 258;
const LEAST = 3;
const DISTANCE_BITS = 5; // distance 1 is code 0, without extra bits

/**
 * The bits that stand for a run of n bytes: the code of its length, its extra bits, and distance 1 (repeat the last
 * byte).
 */
function runCodes({ bits, lengths }: Codes): { readonly bits: Uint32Array; readonly lengths: Uint8Array } {
  const runs = { bits: new Uint32Array(MOST + 1), lengths: new Uint8Array(MOST + 1) };
  let symbol = 257;
  for (let length = LEAST; length <= MOST; symbol++) {
    const extra = symbol < 265 || symbol === 285 ? 0 : (symbol - 261) >> 2;
    for (let i = 0; i < 1 << extra && length <= MOST; i++) {
      if (length === MOST && symbol < 285) break; // 258 has a symbol of its own
      const own = lengths[symbol] as number;
      runs.bits[length] = (bits[symbol] as number) | (i << own);
      runs.lengths[length] = own + extra + DISTANCE_BITS;
      length += 1;
    }
  }
  return runs;
}

const literals = fixedCodes();
const runs = runCodes(literals);
const END_OF_BLOCK = 256;

/** The checksum of a zlib stream (RFC 1950, §8). */
function adler32(data: Uint8Array): number {
  let [a, b] = [1, 0];
  for (let i = 0; i < data.length; ) {
    // 3,800 bytes at a time: the sums stay below 2³²
    for (const end = Math.min(i + 3800, data.length); i < end; i++) {
      a += data[i] as number;
      b += a;
    }
    a %= 65521;
    b %= 65521;
  }
  return ((b << 16) | a) >>> 0;
}

/**
 * Bytes that `length` bytes are compressed to at most: 9 bits for each, the header, the block's frame and the checksum.
 */
export const deflatedMost = (length: number): number => Math.ceil((length * 9) / 8) + 16;

/**
 * Writes a zlib stream that inflates to `data`.
 * @param out with room for `deflatedMost(data.length)` bytes from `start` on
 * @returns where it ends
 */
export function deflateRuns(data: Uint8Array, out: Buffer, start: number): number {
  out[start] = 0x78;
  out[start + 1] = 0x01;
  let at = start + 2;
  let held = 0b011; // the last block, of fixed codes
  let count = 3;
  for (let i = 0; i < data.length; ) {
    const byte = data[i] as number;
    let run = 0;
    if (i > 0 && byte === data[i - 1]) {
      const most = Math.min(MOST, data.length - i);
      while (run < most && data[i + run] === byte) run += 1;
    }
    if (run >= LEAST) {
      held |= (runs.bits[run] as number) << count;
      count += runs.lengths[run] as number;
      i += run;
    } else {
      held |= (literals.bits[byte] as number) << count;
      count += literals.lengths[byte] as number;
      i += 1;
    }
    for (; count >= 8; count -= 8) {
      out[at++] = held & 0xff;
      held >>>= 8;
    }
  }
  held |= (literals.bits[END_OF_BLOCK] as number) << count;
  count += literals.lengths[END_OF_BLOCK] as number;
  for (; count > 0; count -= 8) {
    out[at++] = held & 0xff;
    held >>>= 8;
  }
  return out.writeUInt32BE(adler32(data), at);
}
