import { watch } from 'chokidar';

/** Tells when the model directory has changed. */

/** Milliseconds without a change after which a series of changes counts as whole: files are copied one by one. */
const QUIET_MS = 300;
/** How many levels are watched: model folders, the folders of versions, and their files. */
const DEPTH = 2;

/** Calls `onChange` after the folder has changed and come to rest. @returns stops it */
export function watchFolder(directory: string, onChange: () => void): () => Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const watcher = watch(directory, { ignoreInitial: true, depth: DEPTH });
  watcher.on('all', () => {
    clearTimeout(timer);
    timer = setTimeout(onChange, QUIET_MS);
  });
  return async () => {
    clearTimeout(timer);
    await watcher.close();
  };
}
