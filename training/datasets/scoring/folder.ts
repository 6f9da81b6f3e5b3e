import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { SennError } from '../../../core/errors.ts';
import { inputShape } from '../../../core/manifest.ts';
import { chooseInputs } from '../../../core/scoring/sample.ts';
import type { ScoringSource, SourceOptions } from '../../../core/scoring/source.ts';
import { decodeImages } from '../images/decode.ts';
import { listImages } from '../images/folder.ts';
import { readCsv } from '../tables/records.ts';
import { batchOf, type Found } from './options.ts';

/** The images of a folder, each as the model takes it, decoded a batch at a time. */

/** Where a flat folder may tell the classes of its images: columns `file` and `label`. */
const LABELS = 'labels.csv';

/** By the names of the files. @throws missing_data where it is no CSV file with these columns */
async function labelsOf(folder: string): Promise<ReadonlyMap<string, string> | undefined> {
  const path = join(folder, LABELS);
  const bytes = await readFile(path).catch(() => undefined);
  if (bytes === undefined) return undefined;
  const { columns, records } = readCsv(bytes, path, true);
  const [file, label] = [columns.indexOf('file'), columns.indexOf('label')];
  if (file === -1 || label === -1) {
    throw new SennError('missing_data', `${path}: must have columns file and label, got ${columns.join(', ')}`, {
      path,
    });
  }
  return new Map(records.map(({ cells }) => [cells[file] as string, cells[label] as string]));
}

/**
 * Labelled where the folder holds a folder for each class, or a file `labels.csv`. An image that cannot be decoded, or
 * whose label is no class, is not scored.
 * @throws unsupported_input where the model takes no images
 */
export async function folderSource(path: string, { input, classes, ...choice }: SourceOptions): Promise<ScoringSource> {
  if (input.kind !== 'image') {
    throw new SennError('unsupported_input', `${path}: is a folder of images; the model takes a table, name a file`);
  }
  const folder = await listImages(path);
  if (folder.layout === 'parts') {
    throw new SennError('unsupported_input', `${path}: holds two parts; choose ${path}/train or ${path}/test`, {
      path,
    });
  }
  const { count, placeOf, ...chosen } = chooseInputs(folder.files.length, choice);
  const files = Array.from({ length: count }, (_, i) => folder.files[placeOf(i)] as (typeof folder.files)[number]);
  const named = folder.layout === 'flat' ? await labelsOf(path) : undefined;
  const labelled = classes !== undefined && (folder.layout === 'classes' || named !== undefined);
  const shape = inputShape({ input });
  const nameOf = (file: string): string => relative(path, file).replaceAll('\\', '/');
  return {
    name: path,
    count,
    ...chosen,
    shape,
    digest: await digestOf(
      files.map((file) => file.path),
      nameOf,
    ),
    labelled,
    async read(start, end) {
      const batch = files.slice(start, end);
      const found: Found[] = batch.map((file) => {
        const name = nameOf(file.path);
        return { where: name, label: file.label ?? named?.get(name) };
      });
      await decodeImages(
        batch.map((file) => file.path),
        input,
        (values, i) => {
          found[i] = { ...(found[i] as Found), values };
        },
        (error, i) => {
          found[i] = { ...(found[i] as Found), reason: reasonOf(error) };
        },
      );
      return batchOf(found, start, shape, labelled ? classes : undefined);
    },
  };
}

/** What is wrong with an image, without its path, which stands beside it. */
function reasonOf({ message, details }: SennError): string {
  const { path } = details;
  return typeof path === 'string' ? message.replace(`${path}: `, '') : message;
}

/** SHA-256 over the names and sizes of the files: their bytes are read once, when they are scored. */
async function digestOf(paths: readonly string[], nameOf: (path: string) => string): Promise<string> {
  const hash = createHash('sha256');
  for (const path of paths) {
    const size = (await stat(path).catch(() => undefined))?.size ?? 'unreadable';
    hash.update(`${nameOf(path)} ${size}\n`);
  }
  return hash.digest('hex');
}
