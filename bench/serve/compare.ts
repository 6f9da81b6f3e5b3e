import { decode } from 'fast-png';

/** Two answers that must say the same. */

/** How far numbers may be apart, absolutely, or relative to those above 1. */
const NUMBERS = 1e-4;
/** Levels of 255 that a pixel may be apart: 1 is a value on the edge between two. */
const LEVELS = 1;
const DATA_URI = 'data:image/png;base64,';

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;
const shown = (value: unknown): string => JSON.stringify(value)?.slice(0, 80) ?? String(value);

/**
 * The first place where two JSON values differ, or `undefined`. Numbers may be 1e-4 apart and pixels of PNGs in data
 * URIs one level; everything else must be equal.
 */
export function firstDifference(expected: unknown, actual: unknown, path = 'answer'): string | undefined {
  if (typeof expected === 'number' && typeof actual === 'number') {
    const close = Math.abs(actual - expected) <= NUMBERS * Math.max(1, Math.abs(expected));
    return close ? undefined : `${path}: ${actual} must be ${expected} within ${NUMBERS}`;
  }
  if (typeof expected === 'string' && typeof actual === 'string' && expected.startsWith(DATA_URI)) {
    return expected === actual ? undefined : imageDifference(bytesOf(expected), bytesOf(actual), path);
  }
  if (!isObject(expected) || !isObject(actual)) {
    return expected === actual ? undefined : `${path}: ${shown(actual)} must be ${shown(expected)}`;
  }
  const keys = Object.keys(expected);
  const actualKeys = Object.keys(actual);
  if (keys.toSorted().join() !== actualKeys.toSorted().join()) {
    return `${path}: has [${actualKeys.join(', ')}], must have [${keys.join(', ')}]`;
  }
  for (const key of keys) {
    const found = firstDifference(expected[key], actual[key], `${path}.${key}`);
    if (found !== undefined) return found;
  }
  return undefined;
}

const bytesOf = (uri: string): Buffer => Buffer.from(uri.slice(DATA_URI.length), 'base64');

/** Where two PNG files differ, by more than `levels` in more than `most` of their samples. */
export function imageDifference(
  expected: Uint8Array,
  actual: Uint8Array,
  path: string,
  { levels = LEVELS, most = 0 }: { readonly levels?: number; readonly most?: number } = {},
): string | undefined {
  const [a, b] = [decode(expected), decode(actual)];
  if (a.width !== b.width || a.height !== b.height || a.channels !== b.channels) {
    return `${path}: ${b.width} × ${b.height} × ${b.channels} must be ${a.width} × ${a.height} × ${a.channels}`;
  }
  let apart = 0;
  a.data.forEach((value, i) => {
    if (Math.abs(value - (b.data[i] as number)) > levels) apart += 1;
  });
  return apart <= most * a.data.length ? undefined : `${path}: ${apart} of ${a.data.length} samples are wrong`;
}
