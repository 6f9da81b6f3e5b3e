import { stat } from 'node:fs/promises';
import { SennError } from '../../core/errors.ts';
import type { ScoringInputs } from '../../core/metrics/scoring-set.ts';
import { didYouMean } from '../../core/text/did-you-mean.ts';
import { dataPlaces, type Places } from './files/places.ts';
import { folderInputs } from './scoring/folder.ts';
import type { SetOptions } from './scoring/options.ts';
import { namedSets, setInputs, splitNames } from './scoring/set.ts';
import { fileInputs } from './scoring/table.ts';

/**
 * The inputs that `--data` names: `SET:SPLIT` in the order of the split, a folder of images or a CSV file in theirs.
 * @throws unknown_data_set where it is none of them, unsupported_input where the model takes other inputs, and what
 * the files are wrong in
 */
export async function loadScoringInputs(
  spec: string,
  options: SetOptions,
  places: Places = dataPlaces(),
): Promise<ScoringInputs> {
  const [set, split, ...rest] = spec.split(':');
  const name = namedSets.find((known) => known === set);
  const part = splitNames.find((known) => known === split);
  if (name !== undefined && part !== undefined && rest.length === 0) return setInputs(name, part, options, places);
  const found = await stat(spec).catch(() => undefined);
  if (found?.isDirectory()) return folderInputs(spec, options);
  if (found?.isFile()) return fileInputs(spec, options);
  const specs = namedSets.flatMap((known) => splitNames.map((end) => `${known}:${end}`));
  throw new SennError(
    'unknown_data_set',
    `unknown data set "${spec}"; choose SET:${splitNames.join(' or SET:')} with SET one of ${namedSets.join(', ')}, or name a folder of images or a CSV file${didYouMean(spec, specs)}`,
    { spec, sets: namedSets, splits: splitNames },
  );
}
