import { relative } from 'node:path';
import { watch } from 'chokidar';

/** Tells when the model directory has changed. */

/** Milliseconds without a change after which a series of changes counts as whole: files are copied one by one. */
const QUIET_MS = 300;
/** How many levels are watched: model folders, the folders of versions, and their files. */
const DEPTH = 2;

/**
 * Calls `onChange` after the folder has changed and come to rest. Names in it that start with a dot are passed over.
 * @param onError what cannot be watched: a folder of somebody else's, a link to itself, one watch too many. The rest still is.
 * @returns stops it
 */
export function watchFolder(
  directory: string,
  onChange: () => void,
  onError: (error: unknown) => void,
): () => Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const ignored = (path: string): boolean => /^\.[^.]/.test(relative(directory, path));
  const watcher = watch(directory, { ignoreInitial: true, depth: DEPTH, ignored });
  watcher.on('error', onError);
  watcher.on('all', () => {
    clearTimeout(timer);
    timer = setTimeout(onChange, QUIET_MS);
  });
  return async () => {
    clearTimeout(timer);
    await watcher.close();
  };
}
