import type { Dirent } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { SennError } from '../../../core/errors.ts';

/** A file of a folder of images. */
export interface ImageFile {
  readonly path: string;
  /** Name of the folder it lies in, where folders are classes. */
  readonly label: string | undefined;
}

/** What a folder of images is, by how it is laid out; files in the order of their names, class by class. */
export type ImageFolder =
  | { readonly layout: 'flat'; readonly files: readonly ImageFile[] }
  | { readonly layout: 'classes'; readonly files: readonly ImageFile[] }
  | { readonly layout: 'parts'; readonly train: readonly ImageFile[]; readonly test: readonly ImageFile[] };

/** PNG, JPEG and WebP files, by their names. */
export const isImageName = (name: string): boolean => /\.(png|jpe?g|webp)$/i.test(name);
const byName = (a: Dirent, b: Dirent): number => (a.name < b.name ? -1 : 1);

/** Entries by name; hidden ones are passed over. @throws missing_data */
async function entriesOf(folder: string): Promise<Dirent[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((cause: NodeJS.ErrnoException) => {
    throw new SennError('missing_data', `${folder}: cannot be read (${cause.code})`, { folder }, cause);
  });
  return entries.filter(({ name }) => !name.startsWith('.')).sort(byName);
}

const foldersOf = (entries: readonly Dirent[]): string[] =>
  entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);

/** Other files are passed over. @throws missing_data where there are none */
function imagesOf(folder: string, entries: readonly Dirent[], label: string | undefined): ImageFile[] {
  const files = entries.filter((entry) => !entry.isDirectory() && isImageName(entry.name));
  if (files.length === 0) {
    throw new SennError('missing_data', `${folder}: holds no images (.png, .jpg, .jpeg, .webp)`, { folder });
  }
  return files.map(({ name }) => ({ path: join(folder, name), label }));
}

async function classesOf(folder: string, labels: readonly string[]): Promise<ImageFile[]> {
  const files: ImageFile[] = [];
  for (const label of labels) {
    const inside = join(folder, label);
    files.push(...imagesOf(inside, await entriesOf(inside), label));
  }
  return files;
}

/**
 * The files of `DIR/<class>/*`, of `DIR/train/<class>/*` and `DIR/test/<class>/*`, or of `DIR/*`.
 * @throws missing_data where a folder cannot be read or holds no images
 */
export async function listImages(folder: string): Promise<ImageFolder> {
  const entries = await entriesOf(folder);
  const labels = foldersOf(entries);
  if (labels.length === 0) return { layout: 'flat', files: imagesOf(folder, entries, undefined) };
  if (labels.join() !== 'test,train') return { layout: 'classes', files: await classesOf(folder, labels) };
  const part = async (name: string): Promise<ImageFile[]> => {
    const inside = join(folder, name);
    return classesOf(inside, foldersOf(await entriesOf(inside)));
  };
  return { layout: 'parts', train: await part('train'), test: await part('test') };
}
