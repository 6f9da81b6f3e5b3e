import { SennError } from '../../../core/errors.ts';
import type { ScoringInputs } from '../../../core/metrics/scoring-set.ts';
import { readNamed } from '../files/source.ts';
import { parseNumber } from '../tables/columns.ts';
import { readCsv } from '../tables/records.ts';
import { labelIndices, type SetOptions, scoredCount } from './options.ts';

/** The column that may tell the class of a row, by its name. */
const LABEL = 'label';

/** @throws unsupported_input unless the columns are the features, each once, and perhaps `label` */
function checkColumns(path: string, columns: readonly string[], features: readonly string[]): void {
  const missing = features.filter((feature) => !columns.includes(feature));
  const unknown = columns.filter((column) => column !== LABEL && !features.includes(column));
  if (missing.length === 0 && unknown.length === 0) return;
  const faults = [
    ...(missing.length > 0 ? [`has no column ${missing.join(', ')}`] : []),
    ...(unknown.length > 0 ? [`has unknown columns ${unknown.join(', ')}`] : []),
  ];
  throw new SennError(
    'unsupported_input',
    `${path}: ${faults.join('; ')}; the model takes ${features.join(', ')}, and a column "${LABEL}" may tell the class`,
    { missing, unknown, expected: features },
  );
}

/**
 * The rows of a CSV file whose header names the model's features, in any order, in their own units.
 * @throws unsupported_input where the model takes no table or another one; invalid_features with line and column
 */
export async function fileInputs(path: string, options: SetOptions): Promise<ScoringInputs> {
  const { input, limit } = options;
  if (input.kind !== 'tabular') {
    throw new SennError('unsupported_input', `${path}: is a file; the model takes images, name a folder of them`);
  }
  const features = input.features.map(({ name }) => name);
  const { columns, records } = readCsv(await readNamed(path), path, true);
  checkColumns(path, columns, features);
  const places = features.map((feature) => columns.indexOf(feature));
  const F = features.length;
  const scored = records.slice(0, scoredCount(path, records.length, [F], limit));
  const data = Float32Array.from(
    scored.flatMap(({ line, cells }) =>
      places.map((at, f) => parseNumber(cells[at] as string, path, line, features[f] as string)),
    ),
  );
  const labelAt = features.includes(LABEL) ? -1 : columns.indexOf(LABEL);
  const labels =
    labelAt === -1
      ? {}
      : labelIndices(
          path,
          scored.map(({ cells }) => cells[labelAt] as string),
          options,
        );
  return { name: path, input: { shape: [scored.length, F], data }, ...labels };
}
