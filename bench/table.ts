/** Rows as aligned text, for every benchmark. */

export interface Column<Row> {
  readonly title: string;
  readonly cell: (row: Row) => string;
  /** Figures stand right, names left. */
  readonly right: boolean;
}

const GAP = '   ';

/** The rows as lines of aligned text, the titles first. */
export function aligned<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): string[] {
  const lines = [columns.map(({ title }) => title), ...rows.map((row) => columns.map(({ cell }) => cell(row)))];
  const widths = columns.map((_, i) => Math.max(...lines.map((cells) => (cells[i] as string).length)));
  return lines.map((cells) =>
    cells
      .map((cell, i) => (columns[i]?.right ? cell.padStart(widths[i] as number) : cell.padEnd(widths[i] as number)))
      .join(GAP)
      .trimEnd(),
  );
}
