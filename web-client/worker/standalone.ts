import type { Endpoint } from './channel.ts';
import { serve } from './serve.ts';

/**
 * Takes the place of `spawn.ts` in the library as one file: the worker runs the very same file, which knows by the worker's
 * name that it is inside. So a page's policy need not allow `blob:`.
 */

const NAME = 'senn-onnx-web';

const inside =
  typeof document === 'undefined' &&
  (globalThis as { readonly name?: string }).name === NAME &&
  'postMessage' in globalThis;
if (inside) serve(globalThis as unknown as Endpoint);

/** No page may run a script of another origin as a worker, but its own that imports it, which needs `worker-src blob:`. */
function ownScript(url: string): string {
  if (new URL(url).origin === globalThis.location.origin) return url;
  return URL.createObjectURL(new Blob([`import ${JSON.stringify(url)};`], { type: 'text/javascript' }));
}

export function spawnWorker(): Worker {
  const script = ownScript(import.meta.url);
  return new Worker(script, { type: 'module', name: NAME });
}
