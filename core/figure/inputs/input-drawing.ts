import type { Reason } from '../../reasons/sentence.ts';
import type { Column } from '../column.ts';
import type { ComparedPanel, EncodeImage, FigureModel } from '../panel.ts';

/** What stands over and beside the artefacts: the input itself, and the concepts' names with what they are for it. */
export interface InputDrawing {
  readonly head: Head;
  /** Where the input has more to tell than stands over the rows. */
  readonly side?: Side;
  readonly concepts: Column;
  /** Least height of a row, and the air below it. */
  readonly rowHeight: number;
  readonly rowGap: number;
  /** Whether lines part the rows: words need them, images do not. */
  readonly isRuled: boolean;
}

/** Over the rows: why in words, and the input where it is a picture. */
export interface Head {
  /** Least width. */
  readonly width: number;
  /** The air below it included. */
  readonly height: number;
  /** @param top upper edge */
  content(panel: ComparedPanel, reason: Reason, place: { top: number; width: number }, encode: EncodeImage): string[];
}

/** Beside the rows: the likeliest classes, and what of the input is no concept. */
export interface Side {
  readonly width: number;
  readonly height: number;
  readonly title: string;
  /** @param x left edge @param top of the panel's rows */
  content(panel: ComparedPanel, x: number, top: number): string[];
}

export type InputDrawingOf = (model: FigureModel) => InputDrawing;
