import { SennError } from '../../../core/errors.ts';

/** One line of a run's `metrics.csv`; a cell that is empty there is not here. */
export interface EpochMetrics {
  readonly epoch: number;
  /** Column → value, in the order of the file: loss terms, then `validation_…`. */
  readonly values: Readonly<Record<string, number>>;
}

const NUMBER = /^-?\d+(\.\d+)?(e[+-]?\d+)?$/i;

/**
 * Parses `metrics.csv`: a header that starts with `epoch`, then numbers and empty cells, nothing quoted.
 * @param where what the text is, for the error
 * @throws missing_data
 */
export function parseMetrics(csv: string, where: string): EpochMetrics[] {
  const refuse = (line: number, reason: string): SennError =>
    new SennError('missing_data', `${where}: line ${line} ${reason}`, { where, line });
  const [header = '', ...lines] = csv.trimEnd().split(/\r?\n/);
  const [first, ...columns] = header.split(',');
  if (first !== 'epoch') throw refuse(1, `must start with the column "epoch", not "${first}"`);
  return lines.map((text, i) => {
    const cells = text.split(',');
    if (cells.length !== columns.length + 1) {
      throw refuse(i + 2, `has ${cells.length} cells; the header has ${columns.length + 1}`);
    }
    const odd = cells.find((cell) => cell !== '' && !NUMBER.test(cell));
    if (odd !== undefined) throw refuse(i + 2, `holds "${odd}"; a cell must be a number or empty`);
    const [epoch = '', ...rest] = cells;
    if (epoch === '') throw refuse(i + 2, 'has no epoch');
    const filled = columns.flatMap((column, c) => (rest[c] === '' ? [] : [[column, Number(rest[c])] as const]));
    return { epoch: Number(epoch), values: Object.fromEntries(filled) };
  });
}

const HELD_OUT = 'validation_';
/** Columns that count and measure nothing. */
const COUNTERS: readonly string[] = ['step'];

/** What a column measures, and whether on the inputs learned from or on the ones held out. */
export interface Column {
  readonly name: string;
  readonly quantity: string;
  readonly split: 'training' | 'held out';
}

/** Every column that has a value somewhere, in the order of the file. */
export function columnsOf(epochs: readonly EpochMetrics[]): Column[] {
  const names = new Set(epochs.flatMap(({ values }) => Object.keys(values)));
  return [...names]
    .filter((name) => !COUNTERS.includes(name))
    .map((name) =>
      name.startsWith(HELD_OUT)
        ? { name, quantity: name.slice(HELD_OUT.length), split: 'held out' }
        : { name, quantity: name, split: 'training' },
    );
}
