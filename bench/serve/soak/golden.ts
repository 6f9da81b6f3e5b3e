import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { firstDifference, imageDifference } from '../compare.ts';
import type { Case } from './cases.ts';
import type { Answer } from './client.ts';

/** Whether an answer is the same as the recorded one, by rules for each kind of answer. */

/**
 * How far figures may differ: the edge of a bar moves by part of a pixel where its number differs in its last digits.
 */
const FIGURE = { levels: 8, most: 0.005 } as const;
/** A number, or a PNG in a data URI. */
const TOKENS = /data:image\/png;base64,[\w+/=]+|-?\d+(?:\.\d+)?(?:e-?\d+)?/g;

type Compare = (expected: Buffer, actual: Buffer) => string | undefined;

const json: Compare = (expected, actual) =>
  firstDifference(JSON.parse(expected.toString()), JSON.parse(actual.toString()));

/**
 * The text around numbers and images must be equal; numbers may be 0.011 apart: a hundredth of a pixel, or the last
 * digit.
 */
const html: Compare = (expected, actual) => {
  const parts = (bytes: Buffer) => ({
    tokens: bytes.toString().match(TOKENS) ?? [],
    text: bytes.toString().split(TOKENS),
  });
  const [a, b] = [parts(expected), parts(actual)];
  if (!isDeepStrictEqual(a.text, b.text)) return 'page: its text is another';
  const wrong = a.tokens.findIndex((token, i) => {
    const other = b.tokens[i] as string;
    if (token.startsWith('data:')) return firstDifference(token, other) !== undefined;
    return Math.abs(Number(token) - Number(other)) > 0.011;
  });
  return wrong < 0 ? undefined : `page: ${b.tokens[wrong]?.slice(0, 40)} must be ${a.tokens[wrong]?.slice(0, 40)}`;
};

const errorSchema = z.object({ error: z.object({ code: z.string() }) });

/**
 * libvips keeps its last error message once for all threads, so a broken image may be reported in the words of another.
 */
const error: Compare = (expected, actual) => {
  const [a, b] = [expected, actual].map((bytes) => errorSchema.parse(JSON.parse(bytes.toString())).error.code);
  return a === 'invalid_image' && b === a ? undefined : json(expected, actual);
};

const comparisons = {
  predictions: json,
  error,
  json,
  html,
  png: (expected, actual) => imageDifference(expected, actual, 'figure', FIGURE),
} as const satisfies Record<Case['check']['kind'], Compare>;

/** What is different in an answer, or `undefined`. */
export function differenceFrom(golden: Answer, answer: Answer, { check }: Pick<Case, 'check'>): string | undefined {
  if (answer.status !== golden.status || answer.type !== golden.type) {
    const text = answer.body.toString('utf8', 0, 200);
    return `${answer.status} ${answer.type} must be ${golden.status} ${golden.type}: ${text}`;
  }
  return golden.body.equals(answer.body) ? undefined : comparisons[check.kind](golden.body, answer.body);
}
