import type { EncodeImage, FigureModel, FigureOptions, Panel } from './panel.ts';

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
  header(panel: Panel, x: number, y: number): string[];
  /** Its cells. @param x left edge */
  content(panel: Panel, x: number, rows: Rows, encode: EncodeImage): string[];
}

/** The rows of a panel, one a concept, which all columns share. */
export interface Rows {
  /** Upper edge of the first. */
  readonly top: number;
  /** From one row to the next. */
  readonly pitch: number;
  /** Of what stands in a row. */
  readonly height: number;
  readonly count: number;
}

export const middleOf = ({ top, pitch, height }: Rows, k: number): number => top + k * pitch + height / 2;

export const bottomOf = ({ top, pitch, height, count }: Rows): number => top + (count - 1) * pitch + height;

/**
 * How one artefact is drawn; `undefined` where the model has it not, or where it would say nothing. What it takes of
 * room follows from the manifest and the options alone: whether a figure fits is asked before anything is predicted.
 */
export type Part = (model: FigureModel, options: FigureOptions) => Column | undefined;
