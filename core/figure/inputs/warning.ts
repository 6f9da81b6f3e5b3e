import { unfamiliarWarning } from '../../artefacts/familiarity/warning.ts';
import type { Prediction } from '../../predictor.ts';
import { COLOURS } from '../palette.ts';
import type { Subject } from '../panel.ts';
import { textAt } from '../svg.ts';
import { fitted, TEXT, wrapped } from '../text.ts';

/** Below the classes of an input that is unlike the training inputs: that it is, and by what. */

const STYLE = { size: TEXT.small, fill: COLOURS.against } as const;
const LINE = 14;
const MOST_LINES = 6;

/** Room for it, needed or not: how large a figure is follows from the model alone. */
export const warningHeight = ({ artefacts }: Pick<Subject, 'artefacts'>): number =>
  artefacts.includes('familiarity') ? MOST_LINES * LINE : 0;

/** @param y upper edge */
export function warningText(
  subject: Subject,
  { familiarity }: Prediction,
  { x, y, width }: { readonly x: number; readonly y: number; readonly width: number },
): string[] {
  const warning = unfamiliarWarning(subject, familiarity);
  if (warning === undefined) return [];
  const lines = wrapped(warning, width, STYLE);
  const rest = lines.slice(MOST_LINES - 1).join(' ');
  const told = lines.length <= MOST_LINES ? lines : [...lines.slice(0, MOST_LINES - 1), rest];
  return told.map((line, i) => textAt(x, y + (i + 1) * LINE - 3, fitted(line, width, STYLE), STYLE));
}
