import { shortestDecimal } from '../../../core/tables/float32.ts';

/**
 * A float32 as the shortest decimal that is the same float32, where a double has up to 17 digits: an answer of numbers
 * is 40 % shorter so, and written in half the time of `JSON.stringify`.
 */

/** 10⁰ to 10²²: those that a double holds exactly, so that a quotient by one is what a parser reads. */
const POWERS = Float64Array.from({ length: 23 }, (_, n) => 10 ** n);

/** Digits that tell every float32 from its neighbours, and digits that every float32 can keep. */
const MOST_DIGITS = 9;
/** What is written here: below, scaling to nine digits takes a power that is not exact; above, it has more digits. */
const LEAST = 1e-14;
const MOST = 1e9;
/** Below it a number is written with an exponent, as JavaScript does. */
const LEAST_PLAIN = -6;
/** Room that a number needs: the longest takes 24 bytes. */
export const MOST_BYTES = 32;

/** The three digits of every number under 1,000, in ASCII. */
const TRIPLES = Uint8Array.from({ length: 3000 }, (_, i) => 48 + (Math.floor(i / (3 * 10 ** (2 - (i % 3)))) % 10));
const [ZERO, POINT, MINUS] = [0x30, 0x2e, 0x2d];

/** The exponent e of x in [10ᵉ, 10ᵉ⁺¹). */
function exponentOf(x: number): number {
  if (x >= 1) {
    let e = 0;
    while (x >= (POWERS[e + 1] as number)) e += 1;
    return e;
  }
  let e = -1;
  while (x * (POWERS[-e] as number) < 1) e -= 1;
  return e;
}

/** Nine digits at `at`: those of `n` under 10⁹. */
function writeDigits(out: Uint8Array, at: number, n: number): void {
  const high = (n / 1_000_000) | 0;
  const rest = n - high * 1_000_000;
  const middle = (rest / 1000) | 0;
  const low = rest - middle * 1000;
  out[at] = TRIPLES[3 * high] as number;
  out[at + 1] = TRIPLES[3 * high + 1] as number;
  out[at + 2] = TRIPLES[3 * high + 2] as number;
  out[at + 3] = TRIPLES[3 * middle] as number;
  out[at + 4] = TRIPLES[3 * middle + 1] as number;
  out[at + 5] = TRIPLES[3 * middle + 2] as number;
  out[at + 6] = TRIPLES[3 * low] as number;
  out[at + 7] = TRIPLES[3 * low + 1] as number;
  out[at + 8] = TRIPLES[3 * low + 2] as number;
}

/**
 * Writes a number as JSON has it: a whole one up to 2⁵³ as it is, any other rounded to float32. What is not finite
 * becomes `null`, as by `JSON.stringify`. The number is the element `i` of `values`: of a double that is an argument, V8
 * makes an object.
 * @param out with room for `MOST_BYTES`
 * @returns where it ends
 */
export function writeFloat32(out: Uint8Array, start: number, values: ArrayLike<number>, i: number): number {
  const value = values[i] as number;
  let at = start;
  const x = Math.fround(Math.abs(value));
  if (!(x >= LEAST && x < MOST) || Math.floor(value) === value) return writeText(out, at, textOf(value));
  if (value < 0) out[at++] = MINUS;
  let e = exponentOf(x);
  let digits = MOST_DIGITS;
  let n = (x * (POWERS[digits - 1 - e] as number) + 0.5) | 0;
  // fewer as long as they are the same number; none of those before the point is left out
  for (const whole = Math.max(1, e + 1); digits > whole; digits--) {
    const scale = POWERS[digits - 2 - e] as number;
    const fewer = (x * scale + 0.5) | 0;
    if (Math.fround(fewer / scale) !== x) break;
    n = fewer;
  }
  if (n === (POWERS[digits] as number)) {
    n = (n / 10) | 0;
    e += 1;
  }
  const nine = (n * (POWERS[MOST_DIGITS - digits] as number)) | 0;
  if (e >= 0) return writeWithPoint(out, at, nine, digits, e);
  if (e < LEAST_PLAIN) {
    const end = writeWithPoint(out, at, nine, digits, 0);
    return writeText(out, end, `e${e}`);
  }
  out[at++] = ZERO;
  out[at++] = POINT;
  for (let zeros = -1 - e; zeros > 0; zeros--) out[at++] = ZERO;
  writeDigits(out, at, nine);
  return at + digits;
}

/** @param e the digits before the point are one more @returns where it ends */
function writeWithPoint(out: Uint8Array, at: number, nine: number, digits: number, e: number): number {
  if (digits <= e + 1) {
    writeDigits(out, at, nine);
    return at + e + 1;
  }
  writeDigits(out, at + 1, nine);
  for (let i = 0; i <= e; i++) out[at + i] = out[at + i + 1] as number;
  out[at + e + 1] = POINT;
  return at + digits + 1;
}

/** A whole number, or what is too small or too large for the way above; over the largest float32 as the double it is. */
function textOf(value: number): string {
  if (!Number.isFinite(value)) return 'null';
  const x = Math.fround(value);
  if (Number.isSafeInteger(value) || !Number.isFinite(x)) return String(value);
  return String(shortestDecimal(x));
}

function writeText(out: Uint8Array, at: number, text: string): number {
  for (let i = 0; i < text.length; i++) out[at + i] = text.charCodeAt(i);
  return at + text.length;
}
