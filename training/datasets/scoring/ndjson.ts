import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { SennError } from '../../../core/errors.ts';
import { chooseInputs } from '../../../core/scoring/sample.ts';
import type { ScoringSource, SourceOptions } from '../../../core/scoring/source.ts';
import { withoutByteOrderMark } from '../../../core/text/byte-order-mark.ts';
import type { TabularInput } from './csv.ts';
import { indexRecords, readPlaces } from './lines.ts';
import { batchOf, type Found, LABEL } from './options.ts';

/** Rows of a table, a JSON object a line: features by their names, or under `features` as `/predict` takes them. */

async function* linesFrom(path: string, offset: number): AsyncGenerator<string> {
  const stream = createReadStream(path, { start: offset });
  try {
    for await (const line of createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY })) {
      if (line.trim() !== '') yield line;
    }
  } finally {
    stream.destroy();
  }
}

type Row = Readonly<Record<string, unknown>>;
const isRow = (value: unknown): value is Row => typeof value === 'object' && value !== null && !Array.isArray(value);

/** A line as an object. */
function rowOf(line: string): Row | undefined {
  try {
    const value: unknown = JSON.parse(withoutByteOrderMark(line));
    return isRow(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function foundIn(line: string, where: string, features: readonly string[]): Found {
  const row = rowOf(line);
  if (row === undefined) return { where, reason: 'must be a JSON object' };
  const values = isRow(row['features']) ? row['features'] : row;
  const told = row[LABEL];
  const label = told == null || features.includes(LABEL) ? undefined : String(told);
  const missing = features.find((feature) => typeof values[feature] !== 'number');
  if (missing === undefined) return { where, label, values: features.map((feature) => values[feature] as number) };
  const got = missing in values ? JSON.stringify(values[missing])?.slice(0, 100) : 'nothing';
  return { where, label, reason: `feature "${missing}" must be a number, got ${got}` };
}

/**
 * A line that is no object, lacks a feature, or has a label that is no class is not scored. The set is labelled where
 * its first line is.
 * @throws missing_data where it holds no lines; unsupported_input where the first line names none of the features
 */
export async function ndjsonSource(
  path: string,
  input: TabularInput,
  { classes, ...choice }: SourceOptions,
): Promise<ScoringSource> {
  const features = input.features.map(({ name }) => name);
  const index = await indexRecords(path, false);
  const { count, placeOf, ...chosen } = chooseInputs(index.count, choice);
  if (count === 0) throw new SennError('missing_data', `${path}: holds no records`, { path });
  let first: Row | undefined;
  for await (const line of linesFrom(path, 0)) {
    first = rowOf(line);
    break;
  }
  const known = first === undefined ? [] : Object.keys(isRow(first['features']) ? first['features'] : first);
  if (first !== undefined && !features.some((feature) => known.includes(feature))) {
    throw new SennError(
      'unsupported_input',
      `${path}: its first line has ${known.slice(0, 20).join(', ')}; the model takes ${features.join(', ')}`,
      { path, expected: features },
    );
  }
  const labelled = classes !== undefined && !features.includes(LABEL) && first?.[LABEL] != null;
  return {
    name: path,
    count,
    ...chosen,
    shape: [features.length],
    digest: index.digest,
    labelled,
    async read(start, end) {
      const wanted = Array.from({ length: end - start }, (_, i) => placeOf(start + i));
      const { offset, record } = index.placeOf(wanted[0] as number);
      const rows = await readPlaces(linesFrom(path, offset), record, wanted, (line, row) =>
        foundIn(line, `${path}, record ${row + 1}`, features),
      );
      return batchOf(rows, start, [features.length], labelled ? classes : undefined);
    },
  };
}
