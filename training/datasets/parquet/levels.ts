/**
 * Runs of small numbers (Parquet's hybrid of run lengths and packed bits), walked before hyparquet unrolls them: it writes as
 * many numbers as a run says, however many the page has, so that four bytes would fill the memory.
 */

/** @returns the number and where it ends @throws Error where the bytes end before */
function varint(bytes: Uint8Array, at: number): { readonly value: number; readonly end: number } {
  let value = 0;
  for (let i = 0; i < 5; i++) {
    const byte = bytes[at + i];
    if (byte === undefined) break;
    value += (byte & 0x7f) * 2 ** (7 * i);
    if (byte < 0x80) return { value, end: at + i + 1 };
  }
  throw new Error('runs of a page are torn');
}

/** Numbers by which a packed run may go beyond those of its page: DuckDB fills up to 256. */
const PADDING = 2 ** 10;

interface Run {
  readonly length: number;
  readonly isPacked: boolean;
  /** Where its numbers begin. */
  readonly at: number;
}

function* runsOf(bytes: Uint8Array, count: number, width: number): Generator<Run> {
  if (width < 0 || width > 32) throw new Error(`numbers of ${width} bits`);
  for (let [seen, at] = [0, 0]; seen < count; ) {
    const { value, end } = varint(bytes, at);
    const isPacked = value % 2 === 1;
    const length = Math.floor(value / 2) * (isPacked ? 8 : 1);
    if (length === 0 || length > count - seen + (isPacked ? PADDING : 0)) {
      throw new Error(`a run of ${length} numbers where ${count - seen} are left`);
    }
    yield { length: Math.min(length, count - seen), isPacked, at: end };
    seen += length;
    at = end + (isPacked ? (length / 8) * width : Math.ceil(width / 8));
  }
}

/**
 * @param count numbers that there must be, in runs none of which goes beyond them (but for the padding of packed ones)
 * @param width bits of a number
 * @throws Error where they are not
 */
export function checkRuns(bytes: Uint8Array, count: number, width: number): void {
  for (const _ of runsOf(bytes, count, width));
}

/** How many of `count` bits in such runs are ones. @throws Error as checkRuns */
export function countOnes(bytes: Uint8Array, count: number): number {
  let ones = 0;
  for (const { length, isPacked, at } of runsOf(bytes, count, 1)) {
    if (!isPacked) ones += (bytes[at] ?? 0) === 1 ? length : 0;
    else for (let i = 0; i < length; i++) ones += ((bytes[at + (i >> 3)] ?? 0) >> (i & 7)) & 1;
  }
  return ones;
}

/** Blocks of differences must be such as writers make; hyparquet makes room for what they say. @throws Error */
export function checkDeltas(bytes: Uint8Array): void {
  const block = varint(bytes, 0);
  const parts = varint(bytes, block.end);
  if (parts.value < 1 || parts.value > 512 || block.value < 128 || block.value > 2 ** 20) {
    throw new Error(`differences in blocks of ${block.value} by ${parts.value}`);
  }
}
