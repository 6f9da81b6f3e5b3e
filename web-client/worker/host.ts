import { SennError } from '../../core/errors.ts';
import { type Channel, createChannel } from './channel.ts';
import { createPageCalls } from './page-calls.ts';
import type { WorkerCalls } from './serve.ts';
import { spawnWorker } from './spawn.ts';

/**
 * The page's worker, which all its models share: one WebAssembly runtime, compiled once. It starts with the first that
 * needs it, ends with the last model that is closed, and where it died the next that needs one starts another.
 */
export interface Host {
  readonly worker: Channel<WorkerCalls>;
  /** Functions by which the worker has the page fetch for it (page-calls.ts). */
  readonly fetchers: Map<number, typeof fetch>;
  /** Ends the worker. */
  end(why: string): void;
}

/** One of those that use the worker. */
interface Use {
  /** `undefined` where there can be no worker. */
  readonly host: Promise<Host | undefined>;
  /** @param ends whether the worker ends with it, where nobody else uses it */
  release(ends: boolean): Promise<void>;
}

/** @returns `undefined` where none can be made: nothing of that kind here, or the page's policy or address forbids it */
async function startHost(forget: () => void): Promise<Host | undefined> {
  if (typeof Worker === 'undefined') return undefined;
  let thread: Worker;
  try {
    thread = spawnWorker();
  } catch {
    return undefined;
  }
  const fetchers = new Map<number, typeof fetch>();
  const worker = createChannel<WorkerCalls>(thread, createPageCalls(fetchers));
  const end = (why: string): void => {
    forget();
    worker.end(new SennError('unavailable', why));
    thread.terminate();
  };
  thread.addEventListener('error', ({ message }) =>
    end(`the worker that runs the models died${message ? ` (${message})` : ''}; load the model again`),
  );
  const lock = `senn-onnx-web ${globalThis.crypto?.randomUUID?.() ?? ''}`;
  try {
    const isHeld = await worker.call('start', [lock]);
    // granted once the worker, which holds it, is no more, whatever ended it
    if (isHeld)
      navigator.locks.request(lock, () => end('the worker that runs the models was ended; load the model again'));
    return { worker, fetchers, end };
  } catch {
    thread.terminate();
    return undefined;
  }
}

interface Shared {
  readonly host: Promise<Host | undefined>;
  users: number;
}

let current: Shared | undefined;

function start(): Shared {
  const forget = (): void => {
    if (current === shared) current = undefined;
  };
  const shared: Shared = { host: startHost(forget), users: 0 };
  shared.host.then((host) => host ?? forget());
  return shared;
}

/** The page's worker, started unless it runs. */
export function useHost(): Use {
  current ??= start();
  const shared = current;
  shared.users += 1;
  return {
    host: shared.host,
    release: async (ends) => {
      shared.users -= 1;
      if (ends && shared.users === 0) (await shared.host)?.end('the model is closed');
    },
  };
}
