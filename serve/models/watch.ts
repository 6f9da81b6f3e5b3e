import { watch } from 'chokidar';

/** Files come one by one: what they make together is looked at when no other came for so long. */
const QUIET_MS = 300;
/** A model folder, the folders of its versions, and their files. */
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
