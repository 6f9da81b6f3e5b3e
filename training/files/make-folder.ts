import { mkdir, rmdir, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { SennError } from '../../core/errors.ts';

/** What the file system does not allow, as an error that says which path; any other as it is. */
export function unwritable(path: string, error: unknown): unknown {
  const { syscall, message } = error as NodeJS.ErrnoException;
  if (syscall === undefined) return error;
  return new SennError('invalid_config', `${path}: cannot be written (${message.split(',')[0]})`, { path }, error);
}

/**
 * Makes a folder and those above it that are not there. `mkdir` with `recursive` does the same, but never returns where
 * a file system takes no folders and calls that ENOENT, as /proc does (Node 20).
 * @returns those that it made, the topmost first
 */
async function makeFolder(folder: string): Promise<string[]> {
  if ((await stat(folder).catch(() => undefined)) !== undefined) return [];
  const above = await makeFolder(dirname(folder));
  try {
    await mkdir(folder);
    return [...above, folder];
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return above; // somebody else was faster
    await removeEmpty(above);
    throw error;
  }
}

async function removeEmpty(folders: readonly string[]): Promise<void> {
  for (const folder of folders.toReversed()) await rmdir(folder).catch(() => undefined); // not empty: no longer ours
}

/**
 * Does something in a folder, which is made for it; where it fails, what was made and is still empty goes again.
 * @throws invalid_config where the folder cannot be made
 */
export async function inFolder<T>(path: string, use: () => Promise<T>): Promise<T> {
  const made = await makeFolder(resolve(path)).catch((error: unknown) => {
    throw unwritable(path, error);
  });
  try {
    return await use();
  } catch (error) {
    await removeEmpty(made);
    throw error;
  }
}
