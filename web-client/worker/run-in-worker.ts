import type { RunningModel } from '../model/model.ts';
import type { OpenOptions } from '../model/open.ts';
import type { OperationArgs, OperationName } from '../model/operations.ts';
import type { RuntimeOptions } from '../onnxruntime.ts';
import type { LoadProgress, OnProgress } from '../progress.ts';
import { type Host, useHost } from './host.ts';

/** Models in the page's worker, for the thread of the page. */

const asProgress =
  (onProgress: OnProgress | undefined) =>
  (value: unknown): void =>
    onProgress?.(value as LoadProgress);

/** Of a promise whose answer nobody may wait for any more: the reason of the signal at once. */
function unlessAborted<T>(signal: AbortSignal | undefined, answer: Promise<T>): Promise<T> {
  if (signal === undefined) return answer;
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(signal.reason);
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
    answer.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}

let lastFetcher = 0;

/** Has the worker load a model. One that comes when nobody waits for it any more is closed there. */
async function load({ worker, fetchers }: Host, url: URL, { fetch, signal, onProgress, ...options }: OpenOptions) {
  const fetcher = fetch === undefined ? undefined : ++lastFetcher;
  if (fetcher !== undefined && fetch !== undefined) fetchers.set(fetcher, fetch);
  const onNote = asProgress((progress) => signal?.aborted || onProgress?.(progress));
  try {
    const opened = await worker.call('load', [url.href, { ...options, fetcher }], { signal, onNote });
    if (signal?.aborted) await worker.call('close', [opened.model]);
    return opened;
  } finally {
    if (fetcher !== undefined) fetchers.delete(fetcher);
  }
}

/**
 * @param url whole, as all addresses in the options
 * @returns `undefined` where there can be no worker
 * @throws not_found | unavailable | invalid_model, or the reason of the signal
 */
export async function runInWorker(url: URL, options: OpenOptions): Promise<RunningModel | undefined> {
  const use = useHost();
  try {
    const host = await unlessAborted(options.signal, use.host);
    if (host === undefined) return undefined;
    const { model, manifest, executionProvider } = await unlessAborted(options.signal, load(host, url, options));
    return {
      manifest,
      executionProvider,
      thread: 'worker',
      ask: async <Name extends OperationName>(name: Name, ...args: OperationArgs<Name>) =>
        (await host.worker.call('ask', [model, name, args])) as never,
      close: async () => {
        await use.release(true);
        await host.worker.call('close', [model]).catch(() => {}); // a worker that has ended holds nothing
      },
    };
  } catch (error) {
    await use.release(false);
    throw error;
  }
}

/** Has the worker download the runtime. @returns whether there is a worker @throws not_found | unavailable */
export async function loadRuntimeInWorker(options: RuntimeOptions, onProgress?: OnProgress): Promise<boolean> {
  const use = useHost();
  try {
    const host = await use.host;
    await host?.worker.call('runtime', [options], { onNote: asProgress(onProgress) });
    return host !== undefined;
  } finally {
    await use.release(false);
  }
}
