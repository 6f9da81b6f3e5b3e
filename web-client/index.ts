/**
 * `senn-onnx-web`: the predictor of `core/` in a browser.
 *
 * It needs nothing but static files: the model folder, and onnxruntime-web's `.wasm`, which bundlers find by
 * themselves, and which lies beside `senn-onnx-web/standalone`, the same library as one file for script tags. A content
 * security policy must allow `script-src 'wasm-unsafe-eval'`. What reads models (and zod with it) is a chunk that the first
 * model loads.
 *
 * @example
 * import { imageToTensor, loadModel } from 'senn-onnx-web';
 *
 * const model = await loadModel('/models/mnist-disenn/');
 * const [prediction] = await model.predict(imageToTensor(canvas, model.manifest.input));
 * if (prediction !== undefined) {
 *   console.log(prediction.label, prediction.probability); // "7" 0.998
 *   console.log(prediction.contributions); // [K][C] logits; the column sums are prediction.logits
 * }
 */
import type { Golden } from '../core/golden.ts';
import type { Manifest } from '../core/manifest.ts';
import type { Predictor } from '../core/predictor.ts';
import type { LoadOptions } from './load-model.ts';
import { loadRuntime, type RuntimeOptions, sessionOpener } from './onnxruntime.ts';
import { type OnProgress, together } from './progress.ts';

export { SennError } from '../core/errors.ts';
export type { Prediction, PredictOptions, Predictor, Traversal } from '../core/predictor.ts';
export type { ConceptValues } from '../core/views/intervention.ts';
export type { DrawableImage, PixelImage } from './canvas.ts';
export type { DigestCheck } from './download.ts';
export { featuresToTensor } from './features.ts';
export { imageToTensor, tensorToImageData, tensorToPixels } from './images.ts';
export type { LoadOptions } from './load-model.ts';
export { openSession, type RuntimeOptions, sessionOpener } from './onnxruntime.ts';
export type { LoadProgress } from './progress.ts';

export interface LoadModelOptions extends LoadOptions, RuntimeOptions {}

/**
 * Loads a model folder (`manifest.json` and the graphs it names) and opens it in onnxruntime-web.
 * @param url the folder, absolute or relative to the page; a query string is passed on to every file
 * @throws not_found, unavailable, invalid_model, or the reason of `options.signal`
 */
export async function loadModel(url: string | URL, options: LoadModelOptions = {}): Promise<Predictor> {
  const { onProgress = () => {} } = options;
  const [ofRuntime, ofModel] = together(2, onProgress) as [OnProgress, OnProgress];
  loadRuntime(options, ofRuntime).catch(() => {}); // the opener waits for it too, and tells of its failure
  const { loadPredictor } = await import('./load-model.ts');
  return loadPredictor(url, sessionOpener(options), { ...options, onProgress: ofModel });
}

/**
 * Fetches the golden file of a model folder: inputs, and what the training framework made of them.
 * @throws not_found, unavailable, invalid_model, or the signal's reason
 */
export async function loadGolden(
  url: string | URL,
  manifest: Pick<Manifest, 'golden'>,
  options: LoadOptions = {},
): Promise<Golden> {
  const { fetchGolden } = await import('./load-model.ts');
  return fetchGolden(url, manifest, options);
}
