import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { SennError } from '../../../core/errors.ts';
import { writeWhole } from '../../files/folders.ts';
import { download } from './download.ts';
import type { Places } from './places.ts';

/** A published file that a data set is made from: always exactly these bytes, wherever they are found. */
export interface Source {
  /** Where it lies in a data folder, `/` between folders. */
  readonly file: string;
  readonly url: string;
  readonly sha256: string;
  /** Size of the file; no more is ever downloaded. */
  readonly bytes: number;
}

export function sha256Of(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

async function isFile(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isFile() ?? false;
}

/** The first place that holds the file, as a path. */
export async function findSource({ file }: Source, { folders, cache }: Places): Promise<string | undefined> {
  for (const folder of [...folders, cache]) {
    const path = join(folder, file);
    if (await isFile(path)) return path;
  }
  return undefined;
}

/** The bytes of a file that a user named. @throws missing_data */
export async function readNamed(path: string): Promise<Uint8Array> {
  return readFile(path).catch((cause: NodeJS.ErrnoException) => {
    throw new SennError('missing_data', `${path}: cannot be read (${cause.code})`, { path }, cause);
  });
}

/** @throws missing_data with both digests; the file is left as it is */
export function checkDigest(where: string, actual: string, expected: string): void {
  if (actual === expected) return;
  throw new SennError('missing_data', `${where}: sha256 ${actual} must be ${expected}`, { where, actual, expected });
}

/**
 * The file from where the user says, or from the first place that holds it, or downloaded into the cache.
 * @param named a path from the configuration; then no other place is looked at
 * @throws missing_data where it cannot be had, or is another file
 */
export async function readSource(source: Source, places: Places, named?: string): Promise<Uint8Array> {
  const path = named ?? (await findSource(source, places));
  if (path !== undefined) {
    const bytes = await readNamed(path);
    checkDigest(path, sha256Of(bytes), source.sha256);
    return bytes;
  }
  const bytes = await download(source.url, { maxBytes: source.bytes }).catch((cause: Error) => {
    throw new SennError(
      'missing_data',
      `${source.file}: is in none of ${[...places.folders, places.cache].join(', ')}, and ${cause.message}; put it there, or set data.path or SENN_DATA`,
      { file: source.file, url: source.url, folders: places.folders, cache: places.cache },
      cause,
    );
  });
  checkDigest(source.url, sha256Of(bytes), source.sha256);
  await writeWhole(join(places.cache, source.file), bytes);
  return bytes;
}
