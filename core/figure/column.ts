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

/** The rows of a panel, one a concept, which all columns share; the concept that counts most stands first. */
export interface Rows {
  /** Upper edge of the first. */
  readonly top: number;
  /** From one row to the next. */
  readonly pitch: number;
  /** Of what stands in a row. */
  readonly height: number;
  readonly count: number;
  /** `[K]`, the row of each concept, from 0. */
  readonly places: readonly number[];
}

/** Middle of row i, from above. */
export const middleOfRow = ({ top, pitch, height }: Pick<Rows, 'top' | 'pitch' | 'height'>, i: number): number =>
  top + i * pitch + height / 2;

/** Middle of the row of concept k. */
export const middleOf = (rows: Rows, k: number): number => middleOfRow(rows, rows.places[k] as number);

export const bottomOf = ({ top, pitch, height, count }: Rows): number => top + (count - 1) * pitch + height;

/**
 * How one artefact is drawn; `undefined` where the model has it not, or where it would say nothing. What it takes of
 * room follows from the manifest and the options alone: whether a figure fits is asked before anything is predicted.
 */
export type Part = (model: FigureModel, options: FigureOptions) => Column | undefined;
