import type { ComparedPanel, EncodeImage, FigureModel, FigureOptions } from './panel.ts';

/**
 * A panel is a row of columns, and every column has a cell for each concept. A column knows its own size and draws
 * itself wherever it is put; so a new one is a file of its own, and none knows of its neighbours.
 */
export interface Column {
  readonly width: number;
  /** How it is read, a sentence, for a page that holds the figure. */
  readonly caption: string;
  /** Least height of a row that holds its cells. */
  readonly rowHeight: number;
  /** Air between it and the next column. Default `COLUMN_GAP`. */
  readonly gap?: number;
  /** Its titles, two lines at most. @param x left edge @param y baseline of the first line */
  header(panel: ComparedPanel, x: number, y: number): string[];
  /** Its cells. @param x left edge */
  content(panel: ComparedPanel, x: number, rows: Rows, encode: EncodeImage): string[];
}

/** The rows of a panel, which all columns share: one a concept, those that decide first, and one for all that hardly matter. */
export interface Rows {
  /** Upper edge of the first. */
  readonly top: number;
  /** From one row to the next. */
  readonly pitch: number;
  /** Of what stands in a row. */
  readonly height: number;
  /** The concept of each row, from above. */
  readonly concepts: readonly number[];
  /** The concepts that share the row below those; where there are none, there is no such row. */
  readonly folded: readonly number[];
}

/** How many rows there are. */
export const countOf = ({ concepts, folded }: Pick<Rows, 'concepts' | 'folded'>): number =>
  concepts.length + (folded.length > 0 ? 1 : 0);

/** Middle of row i, from above. */
export const middleOfRow = ({ top, pitch, height }: Pick<Rows, 'top' | 'pitch' | 'height'>, i: number): number =>
  top + i * pitch + height / 2;

/** Middle of the row of concept k, which must have one of its own. */
export const middleOf = (rows: Rows, k: number): number => middleOfRow(rows, rows.concepts.indexOf(k));

/** Middle of the row that several concepts share; `undefined` where there is none. */
export const middleOfFolded = (rows: Rows): number | undefined =>
  rows.folded.length > 0 ? middleOfRow(rows, rows.concepts.length) : undefined;

/** What the row of several concepts is called. */
export const foldedName = ({ folded }: Pick<Rows, 'folded'>): string => `${folded.length} other concepts`;

export const bottomOf = (rows: Rows): number => rows.top + (countOf(rows) - 1) * rows.pitch + rows.height;

/**
 * How one artefact is drawn; `undefined` where the model has it not, or where it would say nothing. What it takes of
 * room follows from the manifest and the options alone: whether a figure fits is asked before anything is predicted.
 */
export type Part = (model: FigureModel, options: FigureOptions) => Column | undefined;
