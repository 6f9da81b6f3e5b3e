import { stat } from 'node:fs/promises';
import { relative, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type FSWatcher, watch } from 'chokidar';

/** Tells when the model directory has changed. */

/** Milliseconds without a change after which a series of changes counts as whole: files are copied one by one. */
const QUIET_MS = 300;
/** Milliseconds between looks for a directory that has vanished, as where it is mounted anew. */
const LOOK_MS = 500;
/** How many levels are watched: model folders, the folders of versions, and their files. */
const DEPTH = 2;

/**
 * Calls `onChange` after the folder has changed and come to rest. Names in it that start with a dot are passed over.
 * A directory that vanishes is watched again when it is back: the watch of the old one would stay silent.
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
  const changed = (): void => {
    clearTimeout(timer);
    timer = setTimeout(onChange, QUIET_MS);
  };
  let closed = false;
  const open = (): FSWatcher => {
    const opened = watch(directory, { ignoreInitial: true, depth: DEPTH, ignored });
    opened.on('error', onError);
    opened.on('all', (event, path) => {
      changed();
      if (event === 'unlinkDir' && resolve(path) === resolve(directory)) reopen().catch(onError);
    });
    return opened;
  };
  const reopen = async (): Promise<void> => {
    await watcher.close();
    while (!closed && !(await isThere(directory))) await sleep(LOOK_MS, undefined, { ref: false });
    if (closed) return;
    watcher = open();
    watcher.once('ready', changed);
  };
  let watcher = open();
  return async () => {
    closed = true;
    clearTimeout(timer);
    await watcher.close();
  };
}

const isThere = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );
