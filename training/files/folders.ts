import { cp, mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { SennError } from '../../core/errors.ts';
import { inFolder, unwritable } from './make-folder.ts';

/** Names and contents of the files of a folder, `/` between a subfolder and its files; `undefined`: not there. */
export type Files = Readonly<Record<string, Uint8Array | string | undefined>>;

/** A temporary folder beside `target`, on the same disk, so that what is in it can be renamed to it. */
async function withFolderBeside<T>(target: string, use: (folder: string) => Promise<T>): Promise<T> {
  return inFolder(dirname(target), async () => {
    const folder = await mkdtemp(join(dirname(target), `.${basename(target)}-`));
    try {
      return await use(folder);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
}

/** Writes a file as a whole or not at all. @throws invalid_config */
export async function writeWhole(path: string, content: Uint8Array | string): Promise<void> {
  const target = resolve(path);
  await withFolderBeside(target, async (folder) => {
    const temporary = join(folder, basename(target));
    await writeFile(temporary, content);
    await rename(temporary, target);
  }).catch((error: unknown) => {
    throw unwritable(path, error);
  });
}

async function entriesOf(folder: string): Promise<string[] | undefined> {
  try {
    return await readdir(folder);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return undefined;
    if (code === 'ENOTDIR') throw new SennError('invalid_config', `${folder}: is a file, not a folder`, { folder });
    throw error;
  }
}

/** What stands at `path`, if that is nothing, an empty folder, or one that holds `marker`. @throws invalid_config */
async function replaceableEntries(path: string, marker: string): Promise<string[] | undefined> {
  const entries = await entriesOf(resolve(path));
  if (entries !== undefined && entries.length > 0 && !entries.includes(marker)) {
    throw new SennError('invalid_config', `${path}: exists and has no ${marker}, so it is not replaced`, { path });
  }
  return entries;
}

/** Puts a folder in the place of another, which goes. Nothing where there is no new one. */
export async function replaceFolder(old: string, next: string): Promise<void> {
  if ((await entriesOf(next)) === undefined) return;
  await rm(old, { recursive: true, force: true });
  await rename(next, old);
}

/**
 * Finds out before the work, not after, whether `writeFolder` will be able to write there.
 * @throws invalid_config
 */
export async function checkFolderWritable(path: string, marker: string): Promise<void> {
  await replaceableEntries(path, marker);
  await withFolderBeside(resolve(path), async () => {}).catch((error: unknown) => {
    throw unwritable(path, error);
  });
}

/**
 * Writes a folder as a whole or not at all (but for a kill between its two renames, after which the old and the new one
 * lie beside it, in `.<name>-…`). A folder that stands there is replaced if it is empty or holds `marker`;
 * what else is in it under other names than the new ones (a README) stays.
 * @throws invalid_config where another folder stands there, or none can
 */
export async function writeFolder(path: string, files: Files, marker: string): Promise<void> {
  const target = resolve(path);
  const old = await replaceableEntries(path, marker);
  const renewed = new Set(Object.keys(files).map((name) => name.split('/')[0]));
  await withFolderBeside(target, async (folder) => {
    const [next, previous] = [join(folder, 'next'), join(folder, 'previous')];
    await mkdir(next);
    for (const name of old ?? []) {
      if (!renewed.has(name)) await cp(join(target, name), join(next, name), { recursive: true });
    }
    for (const [name, content] of Object.entries(files)) {
      if (content === undefined) continue;
      await mkdir(dirname(join(next, name)), { recursive: true });
      await writeFile(join(next, name), content);
    }
    if (old === undefined) {
      await rename(next, target);
      return;
    }
    await rename(target, previous);
    try {
      await rename(next, target);
    } catch (error) {
      await rename(previous, target);
      throw error;
    }
  }).catch((error: unknown) => {
    throw unwritable(path, error);
  });
}
