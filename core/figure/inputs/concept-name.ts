import type { Concept } from '../../manifest.ts';
import { conceptWords } from '../../reasons/concept-words.ts';
import { signed } from '../../text/format.ts';
import { foldedName, middleOfFolded, type Rows } from '../column.ts';
import { COLOURS } from '../palette.ts';
import type { ComparedPanel, Subject } from '../panel.ts';
import { element, textAt, tooltip } from '../svg.ts';
import { BOLD, fitted } from '../text.ts';

/** The name of a concept at the head of its row; whoever points at it reads what was said of it, where somebody did. */

export const NAME = { weight: BOLD } as const;
const FOLDED = { fill: COLOURS.quiet } as const;

/** @param y of the baseline @param anchor which end of the text x is */
export function conceptName(
  concept: Pick<Concept, 'name' | 'phrase' | 'ends'>,
  { x, y, width, anchor }: { x: number; y: number; width: number; anchor: 'start' | 'end' },
): string {
  const text = textAt(x, y, fitted(concept.name, width, NAME), { ...NAME, anchor });
  const described = conceptWords(concept);
  return described === undefined ? text : element('g', {}, tooltip(described), text);
}

/** The same of the row that several concepts share; whoever points at it reads which they are, and what each does. */
export function foldedRow(
  { concepts }: Pick<Subject, 'concepts'>,
  { comparison: { differences } }: ComparedPanel,
  rows: Rows,
  { x, width, anchor }: { x: number; width: number; anchor: 'start' | 'end' },
): string[] {
  const middle = middleOfFolded(rows);
  if (middle === undefined) return [];
  const each = rows.folded.map((k) => `${concepts[k]?.name} ${signed(differences[k] as number)}`);
  const text = textAt(x, middle + 4.5, fitted(foldedName(rows), width, FOLDED), { ...FOLDED, anchor });
  return [element('g', {}, tooltip(each.join(', ')), text)];
}
