import type { LoadProgress, OnProgress } from './progress.ts';

/** A download that all who need it wait for together, each told how far it is. */
interface Running {
  readonly done: Promise<void>;
  readonly listeners: Set<OnProgress>;
  progress: LoadProgress;
}

const NOTHING: LoadProgress = { loaded: 0, total: 0 };

/**
 * Runs a download once for all who ask for it. Who no longer waits leaves it running, for the next one needs it; one that
 * failed is begun anew by the next.
 * @returns what to ask: it begins the download, or joins the one that runs, or finds it done
 */
export function createSharedTask(
  download: (onProgress: OnProgress) => Promise<void>,
): (onProgress?: OnProgress) => Promise<void> {
  let running: Running | undefined;

  const start = (): Running => {
    const listeners = new Set<OnProgress>();
    const tell: OnProgress = (progress) => {
      started.progress = progress;
      for (const listener of listeners) listener(progress);
    };
    const run = async (): Promise<void> => {
      try {
        await download(tell);
        started.progress = NOTHING; // to load, for those who come later
      } catch (error) {
        running = undefined;
        throw error;
      }
    };
    const started: Running = { listeners, progress: { loaded: 0, total: undefined }, done: run() };
    return started;
  };

  return async (onProgress = () => {}) => {
    running ??= start();
    const { done, listeners, progress } = running;
    onProgress(progress);
    listeners.add(onProgress);
    try {
      await done;
    } finally {
      listeners.delete(onProgress);
    }
  };
}
