import { auditSentence } from '../../audit/sentence.ts';
import { BASELINE, HEADER_LINE, MARGIN } from '../layout.ts';
import { COLOURS } from '../palette.ts';
import type { Subject } from '../panel.ts';
import { textAt } from '../svg.ts';
import { TEXT, wrapped } from '../text.ts';

/** Under the panels: whether the concepts that are shown carry the decision, where the model was audited. */

const STYLE = { size: TEXT.label, fill: COLOURS.quiet } as const;

/** The lines of the footer of a figure that is so wide; none where there is nothing to say. */
export function footerLines({ audit }: Subject, width: number): string[] {
  const sentence = auditSentence(audit);
  return sentence === undefined ? [] : wrapped(sentence, width - 2 * MARGIN, STYLE);
}

/** Room that the lines take, the air above them included. */
export const footerHeight = (lines: readonly string[]): number =>
  lines.length === 0 ? 0 : MARGIN + lines.length * HEADER_LINE;

/** @param bottom of the figure's content, the footer included */
export const footerElements = (lines: readonly string[], bottom: number): string[] =>
  lines.map((line, i) => {
    const middle = bottom - (lines.length - i - 0.5) * HEADER_LINE;
    return textAt(MARGIN, middle + BASELINE * TEXT.label, line, STYLE);
  });
