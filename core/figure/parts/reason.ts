import { type Reason, sentenceOf } from '../../reasons/sentence.ts';
import { MARGIN, REASON } from '../layout.ts';
import { COLOURS } from '../palette.ts';
import { element, textAt, tooltip } from '../svg.ts';
import { BOLD, fitted } from '../text.ts';

/** Over a panel, why in words: two lines, of which whoever points at them reads all where they do not fit. */

const VERDICT = { size: 16, weight: BOLD } as const;
const REST = { size: 14, fill: COLOURS.quiet } as const;

/** @param top upper edge */
export function reasonElements(reason: Reason, width: number, top: number): string[] {
  const lines = [
    textAt(MARGIN, top + REASON.first, fitted(reason.verdict, width, VERDICT), VERDICT),
    ...(reason.rest === '' ? [] : [textAt(MARGIN, top + REASON.second, fitted(reason.rest, width, REST), REST)]),
  ];
  return [element('g', {}, tooltip(sentenceOf(reason)), ...lines)];
}
