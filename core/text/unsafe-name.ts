/**
 * `__proto__` as a name in JSON. `JSON.parse` makes a member of it like any other, but what checks or copies objects passes
 * over it or takes it for the prototype: a value that somebody sent would be lost without a word.
 */

const NAME = '__proto__';

/** Whether the text may hold the name: as it is, or written with escapes. */
const mayHold = (json: string): boolean => json.includes(NAME) || json.includes('\\u');

/**
 * Where in a value the name stands.
 * @param json the text that the value was parsed from
 * @returns the path to its object, as `instances.0.features`; undefined where it stands nowhere
 */
export function unsafeNameIn(value: unknown, json: string): string | undefined {
  return mayHold(json) ? pathOf(value, [])?.join('.') : undefined;
}

function pathOf(value: unknown, path: readonly string[]): readonly string[] | undefined {
  if (value === null || typeof value !== 'object') return undefined;
  if (Object.hasOwn(value, NAME)) return path;
  for (const [key, inner] of Object.entries(value)) {
    if (inner === null || typeof inner !== 'object') continue;
    const found = pathOf(inner, [...path, key]);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The rule, for errors. @param where the object's place */
export const unsafeNameRule = (where: string): string => `${where}: unknown name "${NAME}"`;
