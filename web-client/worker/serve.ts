import { SennError } from '../../core/errors.ts';
import type { Predictor } from '../../core/predictor.ts';
import type { DigestCheck } from '../download.ts';
import type { OperationName } from '../model/operations.ts';
import type { RuntimeOptions } from '../onnxruntime.ts';
import { type CallContext, type Channel, createChannel, type Endpoint } from './channel.ts';
import type { PageCalls } from './page-calls.ts';

/** The inside of the worker: it opens models, and answers what the page asks of them. */

/** Of the options of a load what a message can carry; addresses are whole, for those of a worker are its own. */
export interface SentLoadOptions extends RuntimeOptions {
  readonly digests?: DigestCheck;
  /** By which the page knows the `fetch` that it was given, and runs itself. */
  readonly fetcher?: number | undefined;
}

/** What runs models comes with the first call, so that the worker answers at once. */
const openers = () => import('../model/open.ts');
const runtimes = () => import('../onnxruntime.ts');
const askers = () => import('../model/ask.ts');

/** The page's own `fetch`, which no message can carry, as the worker calls it. */
const fetchBy = (page: Channel<PageCalls>, fetcher: number): typeof fetch =>
  async function fetchOnPage(url, init) {
    const { body, ...answer } = await page.call('fetch', [fetcher, String(url)], { signal: init?.signal ?? undefined });
    return new Response(body.byteLength === 0 ? null : body, answer); // of some statuses there may be no body
  };

/** What the page may ask. */
function createWorkerCalls(page: () => Channel<PageCalls>) {
  const models = new Map<number, Predictor>();
  let last = 0;
  return {
    /** Says that the worker runs, and whether it holds the lock, which falls when it ends, however it ends. */
    start: (_: CallContext, lock: string): Promise<boolean> =>
      new Promise((tell) => {
        const locks: LockManager | undefined = globalThis.navigator?.locks;
        if (locks === undefined) return tell(false);
        const hold = (): Promise<never> => {
          tell(true);
          return new Promise(() => {});
        };
        locks.request(lock, hold).catch(() => tell(false));
      }),
    runtime: async ({ note }: CallContext, options: RuntimeOptions): Promise<void> =>
      (await runtimes()).loadRuntime(options, note),
    load: async ({ signal, note }: CallContext, url: string, { fetcher, ...options }: SentLoadOptions) => {
      const { openModel } = await openers();
      const predictor = await openModel(url, {
        ...options,
        signal,
        onProgress: note,
        ...(fetcher === undefined ? {} : { fetch: fetchBy(page(), fetcher) }),
      });
      const model = ++last;
      models.set(model, predictor);
      const { manifest, executionProvider } = predictor;
      return { model, manifest, executionProvider };
    },
    ask: async (_: CallContext, model: number, name: OperationName, args: readonly unknown[]): Promise<unknown> => {
      const predictor = models.get(model);
      if (predictor === undefined) throw new SennError('unavailable', 'the model is closed');
      return (await askers()).askPredictor(predictor, name, args);
    },
    close: async (_: CallContext, model: number): Promise<void> => {
      const predictor = models.get(model);
      models.delete(model);
      await predictor?.close();
    },
  };
}

export type WorkerCalls = ReturnType<typeof createWorkerCalls>;

/** Answers the page, on the other side of `endpoint`, from now on. */
export function serve(endpoint: Endpoint): void {
  const page: Channel<PageCalls> = createChannel<PageCalls>(
    endpoint,
    createWorkerCalls(() => page),
  );
}
