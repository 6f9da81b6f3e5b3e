import type { Concept } from '../../manifest.ts';
import { element, textAt, tooltip } from '../svg.ts';
import { BOLD, fitted } from '../text.ts';

/** The name of a concept at the head of its row; whoever points at it reads its phrase, where it has one. */

export const NAME = { weight: BOLD } as const;

/** @param y of the baseline @param anchor which end of the text x is */
export function conceptName(
  { name, phrase }: Pick<Concept, 'name' | 'phrase'>,
  { x, y, width, anchor }: { x: number; y: number; width: number; anchor: 'start' | 'end' },
): string {
  const text = textAt(x, y, fitted(name, width, NAME), { ...NAME, anchor });
  return phrase === undefined ? text : element('g', {}, tooltip(`${name}: ${phrase}`), text);
}
