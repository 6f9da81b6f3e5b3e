import type { z } from 'zod';
import { type ErrorCode, fromZodError, shortened } from '../../core/errors.ts';
import { didYouMean } from '../../core/text/did-you-mean.ts';

/** `"a"`, `"a" or "b"`, `"a", "b" or "c"` */
function listed(choices: readonly unknown[]): string {
  const quoted = choices.map((choice) => JSON.stringify(choice));
  return [quoted.slice(0, -1).join(', '), ...quoted.slice(-1)].filter((part) => part !== '').join(' or ');
}

/** A value as an error repeats it. */
const told = (value: unknown): string => shortened(JSON.stringify(value));

/** For each key the nearest that is known; where one has none, all of them, once. */
function unknownKeys(keys: readonly string[], known: readonly string[]): string {
  const near = keys.map((key) => didYouMean(key, known));
  const lines = keys.map((key, i) => `unknown key ${told(key)}${near[i]}`);
  return [...lines, ...(near.includes('') ? [`choose ${known.join(', ')}`] : [])].join('; ');
}

function wrongChoice(value: unknown, choices: readonly unknown[]): string {
  if (value === undefined) return `is missing; choose ${listed(choices)}`;
  const texts = choices.filter((choice) => typeof choice === 'string');
  return `must be ${listed(choices)}, not ${told(value)}${didYouMean(value, texts)}`;
}

/** Types of JSON values, in words. */
const types: Readonly<Record<string, string>> = {
  number: 'a number',
  int: 'a whole number',
  string: 'a text',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
};

function wrongType(value: unknown, expected: string): string {
  const rule = `must be ${types[expected] ?? expected}`;
  return value === undefined ? `is missing; ${rule}` : `${rule}, not ${told(value)}`;
}

type Issue = Parameters<z.core.$ZodErrorMap>[0];

/** Keys that the schema which raised an issue knows. */
function keysOf({ inst }: Issue): string[] {
  const def = inst?._zod.def as Partial<z.core.$ZodObjectDef> | undefined;
  return Object.keys(def?.shape ?? {});
}

/**
 * What an issue says where the schema has no words of its own: for keys and values that do not exist, the nearest that
 * does, else all of them; for a value of another type, which it must be.
 */
export function explainIssue(issue: Issue): string | undefined {
  if (issue.code === 'unrecognized_keys') {
    return unknownKeys(issue.keys, keysOf(issue));
  }
  if (issue.code === 'invalid_value') return wrongChoice(issue.input, issue.values);
  if (issue.code === 'invalid_type') return wrongType(issue.input, issue.expected);
  if (issue.code === 'invalid_union' && issue.discriminator !== undefined) {
    const input = issue.input as Record<string, unknown>;
    return wrongChoice(input[issue.discriminator], (issue.options ?? []) as readonly unknown[]);
  }
  return undefined;
}

/** Characters of an issue: the keys of a configuration of the reference implementation, all of them, take 733. */
const MOST_CHARACTERS = 4000;

/**
 * A value as its schema reads it.
 * @param where what the value is, for the error
 * @throws the code, with every issue and its path
 */
export function parseStrictly<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  code: ErrorCode,
  where: string,
): z.infer<Schema> {
  const result = schema.safeParse(value, { error: explainIssue });
  if (!result.success) throw fromZodError(code, where, result.error, MOST_CHARACTERS);
  return result.data;
}
