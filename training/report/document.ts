/** A report before it is Markdown or HTML: text without any markup, in the order in which it is read. */

/** A figure and what is said of it. */
export interface ReportFigure {
  /** Bare file name without an extension: lower-case letters, digits and "-". */
  readonly name: string;
  readonly title: string;
  readonly caption: string;
  /** A document of `training/figures`. */
  readonly svg: string;
}

export interface Column {
  readonly title: string;
  /** Numbers stand to the right. */
  readonly numeric: boolean;
}

/** A column of text. */
export const textColumn = (title: string): Column => ({ title, numeric: false });

/** A column of numbers. */
export const numberColumn = (title: string): Column => ({ title, numeric: true });

export type Block =
  | { readonly kind: 'heading'; readonly text: string }
  | { readonly kind: 'paragraph'; readonly text: string }
  | { readonly kind: 'list'; readonly items: readonly string[] }
  | {
      readonly kind: 'table';
      readonly columns: readonly Column[];
      /** `[rows][columns]` */
      readonly rows: readonly (readonly string[])[];
    }
  | { readonly kind: 'commands'; readonly lines: readonly string[] }
  | { readonly kind: 'figure'; readonly number: number; readonly figure: ReportFigure };

export interface Report {
  readonly title: string;
  readonly blocks: readonly Block[];
}

/** How each kind of block is written; a kind without a row does not compile. */
export type BlockWriters = {
  readonly [Kind in Block['kind']]: (block: Extract<Block, { kind: Kind }>) => string;
};

/** A block in the writing of a format. */
export function writeBlock(writers: BlockWriters, block: Block): string {
  const write = writers[block.kind] as (block: Block) => string;
  return write(block);
}

/** Where a figure's file lies, from the report. */
export const figurePath = ({ name }: ReportFigure, extension: 'svg' | 'png'): string => `figures/${name}.${extension}`;
