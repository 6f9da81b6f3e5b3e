import { z } from 'zod';
import { serverConfigSchema } from './schema.ts';

/**
 * The table of options, made from the schema: one row for each value in it. The names of flags and environment
 * variables follow from the option's name by one rule.
 */

const list = (text: string): string[] =>
  text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');

const number = (text: string): unknown => (/^-?\d+$/.test(text) ? Number(text) : text);

const booleans: Readonly<Record<string, boolean>> = { true: true, false: false, 1: true, 0: false };

/** Reads a value, by its kind, out of the text that it is on the command line and in the environment. */
const readers = {
  string: (text: string) => text,
  enum: (text: string) => text,
  number,
  boolean: (text: string) => booleans[text] ?? text,
  array: list,
  union: (text: string) => (/^-?\d+$/.test(text) ? number(text) : list(text)),
} satisfies Record<string, (text: string) => unknown>;

export type OptionKind = keyof typeof readers;

export interface Option {
  /** Key in a file, as `batch.maxSize`. */
  readonly name: string;
  /** As `--batch-max-size`; a secret has none, since every user of the machine sees flags. */
  readonly flag: string | undefined;
  /** As `SENN_BATCH_MAX_SIZE`. */
  readonly variable: string;
  readonly kind: OptionKind;
  readonly schema: z.ZodType;
  /** The default, in words. */
  readonly shown: string;
  /** What it does, in one line. */
  readonly doc: string;
  /** Taken from the environment alone, and never printed. */
  readonly secret: boolean;
}

interface Notes {
  readonly description?: string;
  readonly shown?: string;
  readonly secret?: boolean;
}

const words = (name: string): string[] => name.split('.').flatMap((part) => part.split(/(?=[A-Z])/));
export const flagOf = (name: string): string => `--${words(name).join('-').toLowerCase()}`;
export const variableOf = (name: string): string => `SENN_${words(name).join('_').toUpperCase()}`;

/** The schema inside the wrappers that only say what replaces a missing value (default, optional). */
function unwrapped(schema: z.core.$ZodType): z.ZodType {
  let inner = schema;
  while (
    inner instanceof z.ZodDefault ||
    inner instanceof z.ZodPrefault ||
    inner instanceof z.ZodOptional ||
    inner instanceof z.ZodReadonly
  ) {
    inner = inner.unwrap();
  }
  return inner as z.ZodType;
}

function kindOf(name: string, { def: { type } }: z.ZodType): OptionKind {
  if (!Object.hasOwn(readers, type)) throw new Error(`option ${name}: a ${type} cannot be written as text`);
  return type as OptionKind;
}

/** A value as the text that `readText` reads. */
export const textOf = (value: unknown): string => (Array.isArray(value) ? value.join(',') : String(value));

function shownDefault(schema: z.ZodType): string {
  const value: unknown = schema.safeParse(undefined).data;
  if (value === undefined || (Array.isArray(value) && value.length === 0)) return 'none';
  return `\`${textOf(value)}\``;
}

function rowOf(name: string, schema: z.ZodType): Option {
  const { description, shown, secret = false } = (schema.meta() ?? {}) as Notes;
  if (description === undefined) throw new Error(`option ${name}: has no description`);
  const leaf = unwrapped(schema);
  return {
    name,
    flag: secret ? undefined : flagOf(name),
    variable: variableOf(name),
    kind: kindOf(name, leaf),
    schema: leaf,
    shown: shown ?? shownDefault(schema),
    doc: description,
    secret,
  };
}

function rowsOf(schema: z.ZodType, prefix: string): Option[] {
  const object = unwrapped(schema);
  if (!(object instanceof z.ZodObject)) return [rowOf(prefix, schema)];
  return Object.entries(object.shape).flatMap(([key, inner]) =>
    rowsOf(inner as z.ZodType, prefix === '' ? key : `${prefix}.${key}`),
  );
}

export const options: readonly Option[] = rowsOf(serverConfigSchema, '');

/** The value that a text stands for. A text that is no such value is returned as it is, for the schema to refuse. */
export const readText = ({ kind }: Option, text: string): unknown => readers[kind](text);
