import type { Column } from '../column.ts';
import type { EncodeImage, FigureModel, Panel } from '../panel.ts';

/** What stands to the left of the artefacts: the input itself, and the concepts' names with what they are for it. */
export interface InputDrawing {
  readonly side: Side;
  readonly concepts: Column;
  /** Least height of a row, and the air below it. */
  readonly rowHeight: number;
  readonly rowGap: number;
  /** Whether lines part the rows: words need them, images do not. */
  readonly isRuled: boolean;
}

/** The input and its likeliest classes. */
export interface Side {
  readonly width: number;
  readonly height: number;
  readonly title: string;
  /** @param x left edge @param top of the panel's rows */
  content(panel: Panel, x: number, top: number, encode: EncodeImage): string[];
}

export type InputDrawingOf = (model: FigureModel) => InputDrawing;
