import { type ListedFile, parseManifest } from '../../../core/manifest.ts';
import { predictingGraphs } from '../../../core/predictor.ts';
import { download, parseJson } from '../../download.ts';
import { type ListedModel, modelFolder } from '../server.ts';

/** The page without a network: a service worker (public/sw.js) keeps it, and the models that it offers. */

/** Milliseconds that the page is left alone before: the first explanation comes first. */
const PATIENCE_MS = 3000;
/** Models that are kept, of a server that has many: each is a few megabytes. */
const MOST_MODELS = 8;

/** What the page fetches of a model: what predictions run, and what is shown beside them. */
async function filesOf(name: string): Promise<string[]> {
  const folder = modelFolder(name);
  const manifestUrl = new URL('manifest.json', folder);
  const manifest = parseManifest(parseJson(await download(manifestUrl), manifestUrl.href), manifestUrl.href);
  const graphs = predictingGraphs(manifest).map((graph) => (manifest.graphs[graph] as ListedFile).file);
  const statics = Object.values(manifest.files ?? {}).flatMap((listed) => (listed === undefined ? [] : [listed.file]));
  const files = ['manifest.json', manifest.golden.file, ...graphs, ...statics];
  return files.map((file) => new URL(file, folder).href);
}

/** Asks the worker to have these at hand. @returns how many it has */
function prepare(worker: ServiceWorker, addresses: readonly string[]): Promise<unknown> {
  const { port1, port2 } = new MessageChannel();
  return new Promise((resolve) => {
    port1.onmessage = ({ data }) => resolve(data);
    worker.postMessage(addresses, [port2]);
  });
}

async function keep(models: readonly ListedModel[]): Promise<void> {
  const own = performance.getEntriesByType('resource').map(({ name }) => name);
  const { active } = await navigator.serviceWorker.ready;
  if (active === null) return;
  const files = await Promise.all(models.slice(0, MOST_MODELS).map(({ name }) => filesOf(name).catch(() => [])));
  await prepare(active, ['./', 'icon.svg', 'app.webmanifest', 'models', ...own, ...files.flat()]);
  document.documentElement.dataset['offline'] = 'ready';
}

/**
 * Has the page work without a network from now on, once it has been idle; where it may not (HTTP, a browser that forbids it,
 * a reader who saves data) it is what it was.
 */
export function keepForOffline(models: readonly ListedModel[]): void {
  const { connection } = navigator as Navigator & { readonly connection?: { readonly saveData?: boolean } };
  if (!('serviceWorker' in navigator) || connection?.saveData) return;
  setTimeout(async () => {
    try {
      await navigator.serviceWorker.register(new URL('sw.js', document.baseURI));
      await keep(models);
    } catch {
      // the page works as long as there is a network, as pages do
    }
  }, PATIENCE_MS);
}
