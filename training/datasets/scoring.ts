import { stat } from 'node:fs/promises';
import { extname } from 'node:path';
import { SennError } from '../../core/errors.ts';
import type { ScoringSource, SourceOptions } from '../../core/scoring/source.ts';
import { didYouMean } from '../../core/text/did-you-mean.ts';
import { dataPlaces, type Places } from './files/places.ts';
import { csvSource, type TabularInput } from './scoring/csv.ts';
import { folderSource } from './scoring/folder.ts';
import { ndjsonSource } from './scoring/ndjson.ts';
import { npzSource } from './scoring/npz.ts';
import { parquetSource } from './scoring/parquet.ts';
import { namedSets, setSource, splitNames } from './scoring/set.ts';
import { zipSource } from './scoring/zip.ts';

/** What `senn score --data` may name. */

type OpenTable = (path: string, input: TabularInput, options: SourceOptions) => Promise<ScoringSource>;

/** Files of rows, by their endings; any other ending is read as CSV. */
const tables: Readonly<Record<string, OpenTable>> = {
  '.csv': csvSource,
  '.ndjson': ndjsonSource,
  '.jsonl': ndjsonSource,
  '.parquet': parquetSource,
};

/** @throws unsupported_input where the model takes other inputs */
function openFile(path: string, options: SourceOptions): Promise<ScoringSource> {
  const ending = extname(path).toLowerCase();
  if (ending === '.npz') return npzSource(path, options);
  if (ending === '.zip') return zipSource(path, options);
  const { input } = options;
  if (input.kind !== 'tabular') {
    throw new SennError(
      'unsupported_input',
      `${path}: is a file of rows; the model takes images, name a folder of them, a .zip or a .npz`,
    );
  }
  return (tables[ending] ?? csvSource)(path, input, options);
}

/**
 * The inputs that `--data` names: `SET:SPLIT` in the order of the split, a folder of images or a file in theirs.
 * @throws unknown_data_set where it is none of them, unsupported_input where the model takes other inputs, and what
 * the files are wrong in
 */
export async function openScoringSource(
  spec: string,
  options: SourceOptions,
  places: Places = dataPlaces(),
): Promise<ScoringSource> {
  const [set, split, ...rest] = spec.split(':');
  const name = namedSets.find((known) => known === set);
  const part = splitNames.find((known) => known === split);
  if (name !== undefined && part !== undefined && rest.length === 0) return setSource(name, part, options, places);
  const found = await stat(spec).catch(() => undefined);
  if (found?.isDirectory()) return folderSource(spec, options);
  if (found?.isFile()) return openFile(spec, options);
  const specs = namedSets.flatMap((known) => splitNames.map((end) => `${known}:${end}`));
  throw new SennError(
    'unknown_data_set',
    `unknown data set "${spec}"; choose SET:${splitNames.join(' or SET:')} with SET one of ${namedSets.join(', ')}, or name a folder of images or a .csv, .ndjson, .parquet, .zip or .npz file${didYouMean(spec, specs)}`,
    { spec, sets: namedSets, splits: splitNames },
  );
}
