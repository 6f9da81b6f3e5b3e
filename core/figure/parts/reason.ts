import { type Reason, sentenceOf } from '../../reasons/sentence.ts';
import { COLOURS } from '../palette.ts';
import { element, textAt, tooltip } from '../svg.ts';
import { BOLD, fitted, type TextStyle, wrapped } from '../text.ts';

/** Over a panel, why in words, of which whoever points at them reads all where they do not fit. */

/** Of the verdict, and of what follows it: how the text looks, from one line to the next, and so many lines at most. */
interface Look {
  readonly style: TextStyle;
  readonly line: number;
  readonly most: number;
}

const REST = { size: 14, fill: COLOURS.quiet } as const;
/** Beside pictures there is room for larger letters, and for more lines. */
export const REASON_LOOKS = {
  beside: {
    verdict: { style: { size: 19, weight: BOLD }, line: 25, most: 3 },
    rest: { style: REST, line: 20, most: 3 },
  },
  alone: {
    verdict: { style: { size: 16, weight: BOLD }, line: 21, most: 2 },
    rest: { style: REST, line: 19, most: 1 },
  },
} as const satisfies Record<string, { readonly verdict: Look; readonly rest: Look }>;

/** From the upper edge to the first baseline, between the verdict and what follows it, and below both. */
const [FIRST, BETWEEN, BELOW] = [16, 3, 24];

/** Room for as many lines as there may be. */
export function reasonHeight({ verdict, rest }: { readonly verdict: Look; readonly rest: Look }): number {
  return FIRST + verdict.most * verdict.line + BETWEEN + (rest.most - 1) * rest.line + BELOW;
}

/** A text in as many lines as it needs, the last of those that are allowed cut. */
function linesOf(text: string, width: number, { style, most }: Look): string[] {
  const lines = wrapped(text, width, style);
  const [kept, more] = [lines.slice(0, most - 1), lines.slice(most - 1)];
  return [...kept, ...(more.length > 0 ? [more.join(' ')] : [])].map((line) => fitted(line, width, style));
}

/** @param top upper edge @returns the words, and the baseline of the last line */
export function reasonElements(
  reason: Reason,
  { verdict, rest }: { readonly verdict: Look; readonly rest: Look },
  { x, top, width }: { readonly x: number; readonly top: number; readonly width: number },
): { readonly elements: readonly string[]; readonly bottom: number } {
  const first = linesOf(reason.verdict, width, verdict);
  const second = reason.rest === '' ? [] : linesOf(reason.rest, width, rest);
  const below = top + FIRST + first.length * verdict.line + BETWEEN;
  const lines = [
    ...first.map((line, i) => textAt(x, top + FIRST + i * verdict.line, line, verdict.style)),
    ...second.map((line, i) => textAt(x, below + i * rest.line, line, rest.style)),
  ];
  const bottom = below + (second.length - 1) * rest.line;
  return { elements: [element('g', {}, tooltip(sentenceOf(reason)), ...lines)], bottom };
}
