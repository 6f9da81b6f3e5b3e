import type { Predictor } from '../../core/predictor.ts';
import type { LoadOptions } from '../load-model.ts';
import { loadRuntime, type RuntimeOptions, sessionOpener } from '../onnxruntime.ts';
import { type OnProgress, together } from '../progress.ts';

/** What opens a model, runtime and all, on the thread that calls it. */

export interface OpenOptions extends LoadOptions, RuntimeOptions {}

/** @param url the model's folder @throws not_found | unavailable | invalid_model, or the reason of the signal */
export async function openModel(url: string | URL, options: OpenOptions): Promise<Predictor> {
  const { onProgress = () => {} } = options;
  const [ofRuntime, ofModel] = together(2, onProgress) as [OnProgress, OnProgress];
  loadRuntime(options, ofRuntime).catch(() => {}); // the opener waits for it too, and tells of its failure
  const { loadPredictor } = await import('../load-model.ts');
  return loadPredictor(url, sessionOpener(options), { ...options, onProgress: ofModel });
}
