import type { Manifest } from '../../core/manifest.ts';
import type { Predictor } from '../../core/predictor.ts';
import type { LoadOptions } from '../load-model.ts';
import { loadRuntime, type Provider, type RuntimeOptions, sessionOpener, sessionOpeners } from '../onnxruntime.ts';
import { type OnProgress, together } from '../progress.ts';

/** What opens a model, runtime and all, on the thread that calls it. */

export interface OpenOptions extends LoadOptions, RuntimeOptions {}

/** Which provider was the fastest for a model, by the digests of its graphs and the providers that were to choose from. */
const measured = new Map<string, Provider>();

const keyOf = ({ graphs }: Manifest, providers: readonly Provider[]): string =>
  JSON.stringify([providers, Object.values(graphs).map(({ sha256 }) => sha256)]);

/** The model by the fastest of several providers, which is measured once. */
async function openByFastest(
  url: string | URL,
  providers: readonly Provider[],
  options: OpenOptions,
): Promise<Predictor> {
  const [{ fetchModel }, { fastestOf }] = await Promise.all([
    import('../load-model.ts'),
    import('../runtime/fastest.ts'),
  ]);
  const [model, openers] = await Promise.all([fetchModel(url, options), sessionOpeners(providers, options)]);
  const key = keyOf(model.manifest, providers);
  const known = openers.find(({ provider }) => provider === measured.get(key)) ?? (openers.length === 1 && openers[0]);
  if (known) return model.predictor(known.open);
  const open = openers.map((opener) => () => model.predictor(opener.open));
  const { predictor, index } = await fastestOf(open, () => performance.now());
  measured.set(key, (openers[index] as (typeof openers)[number]).provider);
  return predictor;
}

/** @param url the model's folder @throws not_found | unavailable | invalid_model, or the reason of the signal */
export async function openModel(url: string | URL, options: OpenOptions): Promise<Predictor> {
  const { onProgress = () => {}, providers } = options;
  if (providers !== undefined && providers.join() !== 'wasm') return openByFastest(url, providers, options);
  const [ofRuntime, ofModel] = together(2, onProgress) as [OnProgress, OnProgress];
  loadRuntime(options, ofRuntime).catch(() => {}); // the opener waits for it too, and tells of its failure
  const { loadPredictor } = await import('../load-model.ts');
  return loadPredictor(url, sessionOpener(options), { ...options, onProgress: ofModel });
}
