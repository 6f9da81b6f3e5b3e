import { type Golden, parseGolden } from '../core/golden.ts';
import { type GraphName, type ListedFile, type Manifest, parseManifest } from '../core/manifest.ts';
import { createPredictor, type Predictor, predictingGraphs } from '../core/predictor.ts';
import { type OpenSession, openSessions } from '../core/session.ts';
import { checkDigest, type DigestCheck, download, parseJson } from './download.ts';
import { type OnProgress, together } from './progress.ts';

/** From the URL of a model folder to a predictor, whatever runs its graphs. */

export interface LoadOptions {
  /** Stops the loading; the promise rejects with the signal's reason. */
  readonly signal?: AbortSignal;
  /** Called as bytes come, of all files together. */
  readonly onProgress?: OnProgress;
  /** Default `auto`: SHA-256 is checked on HTTPS and localhost, where browsers offer it. */
  readonly digests?: DigestCheck;
  /** The `fetch` to use, to add credentials or read from a cache. Default: the global one. */
  readonly fetch?: typeof fetch;
}

/** A model folder's URL always ends in a slash, so that file names resolve inside it. */
function folderOf(url: string | URL): URL {
  const folder = new URL(url, globalThis.document?.baseURI ?? globalThis.location?.href);
  if (!folder.pathname.endsWith('/')) folder.pathname += '/';
  return folder;
}

function fileOf(folder: URL, name: string): URL {
  const url = new URL(name, folder);
  url.search = folder.search;
  return url;
}

/** A model folder of which all is known but what runs its graphs. */
export interface FetchedModel {
  readonly manifest: Manifest;
  /** Opens the graphs that predictions need, each as soon as it is there; they are downloaded once. */
  predictor(open: OpenSession): Promise<Predictor>;
}

/**
 * Fetches what predictions need of a model folder, and checks it.
 * @throws not_found, unavailable, invalid_model, or the signal's reason
 */
export async function fetchModel(
  url: string | URL,
  { signal, onProgress, digests = 'auto', fetch }: LoadOptions = {},
): Promise<FetchedModel> {
  const folder = folderOf(url);
  const manifestUrl = fileOf(folder, 'manifest.json');
  const listed = await download(manifestUrl, {
    signal,
    fetch,
    onProgress: ({ loaded }) => onProgress?.({ loaded, total: undefined }),
  });
  const manifest = parseManifest(parseJson(listed, manifestUrl.href), manifestUrl.href);
  const names = predictingGraphs(manifest);
  const progressOf = together(names.length, ({ loaded, total }) => {
    onProgress?.({ loaded: listed.length + loaded, total: total && listed.length + total });
  });
  const read = async (graph: GraphName): Promise<Uint8Array> => {
    const { file, sha256 } = manifest.graphs[graph] as ListedFile;
    const onProgress = progressOf[names.indexOf(graph)];
    const bytes = await download(fileOf(folder, file), { signal, fetch, onProgress });
    await checkDigest(bytes, sha256, fileOf(folder, file).href, digests);
    signal?.throwIfAborted();
    return bytes;
  };
  const files = new Map<GraphName, Promise<Uint8Array>>();
  const readOnce = (graph: GraphName): Promise<Uint8Array> => {
    const file = files.get(graph) ?? read(graph);
    files.set(graph, file);
    return file;
  };
  return {
    manifest,
    predictor: async (open) => {
      // the first graph to arrive starts the runtime, while the others are on their way
      const sessions = await openSessions(names, readOnce, open);
      const predictor = createPredictor(manifest, sessions);
      if (signal?.aborted) {
        await predictor.close();
        signal.throwIfAborted();
      }
      return predictor;
    },
  };
}

/**
 * Fetches what predictions need of a model folder, checks it, and opens its graphs with `open`.
 * @throws not_found, unavailable, invalid_model, or the signal's reason
 */
export async function loadPredictor(
  url: string | URL,
  open: OpenSession,
  options: LoadOptions = {},
): Promise<Predictor> {
  const model = await fetchModel(url, options);
  return model.predictor(open);
}

/** `loadGolden` of the library. */
export async function fetchGolden(
  url: string | URL,
  { golden }: Pick<Manifest, 'golden'>,
  { signal, digests = 'auto', fetch }: LoadOptions = {},
): Promise<Golden> {
  const file = fileOf(folderOf(url), golden.file);
  const bytes = await download(file, { signal, fetch });
  await checkDigest(bytes, golden.sha256, file.href, digests);
  return parseGolden(parseJson(bytes, file.href), file.href);
}
