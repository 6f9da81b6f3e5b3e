import { open, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { SennError } from '../core/errors.ts';

/** A file that appears whole or not at all: it is written under another name beside its place, then renamed into it. */
export interface AtomicFile {
  write(content: string | Uint8Array): Promise<void>;
  /** Puts what was written in its place. */
  commit(): Promise<void>;
  /** Removes the temporary file; what was committed stays. */
  discard(): Promise<void>;
}

/**
 * Opens the temporary file at once, so that a path that cannot be written is found before the work, not after.
 * @throws invalid_config
 */
export async function openAtomicFile(path: string): Promise<AtomicFile> {
  const refuse = (reason: string, cause?: unknown): SennError =>
    new SennError('invalid_config', `${path}: cannot be written (${reason})`, { path }, cause);
  const found = await stat(path).catch(() => undefined);
  if (found?.isDirectory()) throw refuse('it is a folder; give the name of a file');
  // the rename would replace a device by a file: /dev/null would be one for every program
  if (found !== undefined && !found.isFile()) throw refuse('it is no regular file');
  const temporary = join(dirname(path), `.${basename(path)}.${process.pid}.tmp`);
  const handle = await open(temporary, 'w').catch((cause: Error) => {
    throw refuse(cause.message.split(',')[0] ?? cause.message, cause);
  });
  return {
    write: async (content) => {
      await handle.appendFile(content);
    },
    commit: async () => {
      await handle.close();
      await rename(temporary, path);
    },
    discard: async () => {
      await handle.close();
      await rm(temporary, { force: true });
    },
  };
}
