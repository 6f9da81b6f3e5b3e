import { SennError } from '../../../core/errors.ts';
import { inputShape, type Manifest } from '../../../core/manifest.ts';
import { chooseInputs } from '../../../core/scoring/sample.ts';
import type { ScoringSource, SourceOptions } from '../../../core/scoring/source.ts';
import { decodeImages, type ReadImage } from '../images/decode.ts';
import { readCsv } from '../tables/records.ts';
import { batchOf, type Found } from './options.ts';

/** Images by their names, wherever they lie, each as the model takes it and decoded a batch at a time. */

export interface ImageSet {
  /** Of the folder or file. */
  readonly path: string;
  /** In their order. */
  readonly files: readonly { readonly name: string; readonly label: string | undefined }[];
  /** Whether the folder that each lies in is its class. */
  readonly inClasses: boolean;
  /** What `labels.csv` says, by name, of files that lie in no class. */
  readonly named?: ReadonlyMap<string, string> | undefined;
  readonly read: ReadImage;
  /** SHA-256 that says which images they are. @param names of those that are chosen */
  digestOf(names: readonly string[]): Promise<string>;
  close?(): Promise<void>;
}

/** Where files that lie in no class may be told their classes: columns `file` and `label`. */
export const LABELS = 'labels.csv';

/** By the names of the files. @throws missing_data where it is no CSV file with these columns */
export function labelsIn(bytes: Uint8Array, path: string): ReadonlyMap<string, string> {
  const { columns, records } = readCsv(bytes, path, true);
  const [file, label] = [columns.indexOf('file'), columns.indexOf('label')];
  if (file === -1 || label === -1) {
    throw new SennError('missing_data', `${path}: must have columns file and label, got ${columns.join(', ')}`, {
      path,
    });
  }
  return new Map(records.map(({ cells }) => [cells[file] as string, cells[label] as string]));
}

/** What is wrong with an image, without its path, which stands beside it. */
function reasonOf({ message, details }: SennError): string {
  const { path } = details;
  return typeof path === 'string' ? message.replace(`${path}: `, '') : message;
}

type ImageOptions = SourceOptions & { readonly input: Extract<Manifest['input'], { kind: 'image' }> };

/** @throws unsupported_input where the model takes no images */
export function forImages(path: string, what: string, { input, ...options }: SourceOptions): ImageOptions {
  if (input.kind === 'image') return { ...options, input };
  throw new SennError(
    'unsupported_input',
    `${path}: is ${what} of images; the model takes a table, name a file of rows`,
  );
}

/** What a set of images is refused for that is two. */
export const twoParts = (path: string, choose: string): SennError =>
  new SennError('unsupported_input', `${path}: holds two parts; choose ${choose}`, { path });

/** An image that cannot be decoded, or whose label is no class, is not scored. */
export async function imageSource(
  { path, files: all, inClasses, named, read, digestOf, close }: ImageSet,
  { input, classes, ...choice }: ImageOptions,
): Promise<ScoringSource> {
  const { count, placeOf, ...chosen } = chooseInputs(all.length, choice);
  const files = Array.from({ length: count }, (_, i) => all[placeOf(i)] as (typeof all)[number]);
  const labelled = classes !== undefined && (inClasses || named !== undefined);
  const shape = inputShape({ input });
  return {
    name: path,
    count,
    ...chosen,
    shape,
    digest: await digestOf(files.map(({ name }) => name)),
    labelled,
    async read(start, end) {
      const batch = files.slice(start, end);
      const found: Found[] = batch.map(({ name, label }) => ({ where: name, label: label ?? named?.get(name) }));
      await decodeImages(
        batch.map(({ name }) => name),
        input,
        (values, i) => {
          found[i] = { ...(found[i] as Found), values };
        },
        {
          read,
          refuse: (error, i) => {
            found[i] = { ...(found[i] as Found), reason: reasonOf(error) };
          },
        },
      );
      return batchOf(found, start, shape, labelled ? classes : undefined);
    },
    ...(close && { close }),
  };
}
