import { createReadStream } from 'node:fs';
import { parse } from 'csv-parse';
import { SennError } from '../../../core/errors.ts';
import type { Manifest } from '../../../core/manifest.ts';
import { chooseInputs } from '../../../core/scoring/sample.ts';
import type { ScoringSource, SourceOptions } from '../../../core/scoring/source.ts';
import { indexRecords, readPlaces } from './lines.ts';
import { batchOf, columnsOf, type Found, numbersOf } from './options.ts';

/** The rows of a CSV file whose header names the model's features, in any order, in their own units. */

export type TabularInput = Extract<Manifest['input'], { kind: 'tabular' }>;

/** Records of a CSV file from a byte on, with how many cells they have. */
async function* recordsFrom(path: string, offset: number): AsyncGenerator<readonly string[]> {
  const parser = parse({ bom: offset === 0, skip_empty_lines: true, trim: true, relax_column_count: true });
  const stream = createReadStream(path, { start: offset });
  stream.on('error', (error) => parser.destroy(error)).pipe(parser);
  try {
    for await (const record of parser as AsyncIterable<string[]>) yield record;
  } catch (cause) {
    throw new SennError('missing_data', `${path}: ${(cause as Error).message}`, { path }, cause);
  } finally {
    stream.destroy();
    parser.destroy();
  }
}

async function headerOf(path: string): Promise<readonly string[]> {
  for await (const record of recordsFrom(path, 0)) return record;
  throw new SennError('missing_data', `${path}: holds no records`, { path });
}

/**
 * A row with a cell too few, one that is no number, or a label that is no class is not scored.
 * @throws missing_data where it is no CSV file; unsupported_input where its columns are not the features
 */
export async function csvSource(
  path: string,
  input: TabularInput,
  { classes, ...choice }: SourceOptions,
): Promise<ScoringSource> {
  const features = input.features.map(({ name }) => name);
  const columns = await headerOf(path);
  const twice = columns.find((name, i) => columns.indexOf(name) !== i);
  if (twice !== undefined) throw new SennError('missing_data', `${path}: column "${twice}" is named twice`, { path });
  const { places, labelAt } = columnsOf(path, columns, features);
  const index = await indexRecords(path, true);
  const { count, placeOf, ...chosen } = chooseInputs(index.count - 1, choice);
  if (count === 0) throw new SennError('missing_data', `${path}: holds no records`, { path });
  const labelled = labelAt !== -1 && classes !== undefined;
  const found = (cells: readonly string[], row: number): Found => {
    const where = `${path}, record ${row + 1}`;
    if (cells.length !== columns.length) {
      return { where, reason: `has ${cells.length} cells; it must have the ${columns.length} that the header names` };
    }
    return { where, label: cells[labelAt], ...numbersOf(cells, places, features) };
  };
  return {
    name: path,
    count,
    ...chosen,
    shape: [features.length],
    digest: index.digest,
    labelled,
    async read(start, end) {
      const wanted = Array.from({ length: end - start }, (_, i) => placeOf(start + i));
      const place = index.placeOf((wanted[0] as number) + 1); // the header is the first record
      const records = recordsFrom(path, place.offset);
      const rows = await readPlaces(records, place.record - 1, wanted, found);
      return batchOf(rows, start, [features.length], labelled ? classes : undefined);
    },
  };
}
