import type { Concept } from '../manifest.ts';

/** What somebody has said of a concept, for those who point at its name: `loop: how open it is; low: open, high: closed`. */
export function conceptWords({ name, phrase, ends }: Pick<Concept, 'name' | 'phrase' | 'ends'>): string | undefined {
  const told = [...(phrase === undefined ? [] : [phrase]), ...(ends ? [`low: ${ends.low}, high: ${ends.high}`] : [])];
  return told.length === 0 ? undefined : `${name}: ${told.join('; ')}`;
}
