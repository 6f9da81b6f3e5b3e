/**
 * `senn-onnx/web-client`: the predictor of `core/` in a browser.
 *
 * It needs nothing but static files: the model folder, and onnxruntime-web's `.wasm`, which bundlers find by
 * themselves. A content security policy must allow `script-src 'wasm-unsafe-eval'`.
 *
 * @example
 * import { imageToTensor, loadModel } from 'senn-onnx/web-client';
 *
 * const model = await loadModel('/models/mnist-disenn/');
 * const [prediction] = await model.predict(imageToTensor(canvas, model.manifest.input));
 * if (prediction !== undefined) {
 *   console.log(prediction.label, prediction.probability); // "7" 0.998
 *   console.log(prediction.contributions); // [K][C] logits; the column sums are prediction.logits
 * }
 */
import type { Predictor } from '../core/predictor.ts';
import { type LoadOptions, loadPredictor } from './load-model.ts';
import { loadRuntime, type RuntimeOptions, sessionOpener } from './onnxruntime.ts';
import { type OnProgress, together } from './progress.ts';

export { SennError } from '../core/errors.ts';
export type { Prediction, PredictOptions, Predictor, Traversal } from '../core/predictor.ts';
export type { ConceptValues } from '../core/views/intervention.ts';
export type { DrawableImage, PixelImage } from './canvas.ts';
export type { DigestCheck } from './download.ts';
export { featuresToTensor } from './features.ts';
export { imageToTensor, tensorToImageData, tensorToPixels } from './images.ts';
export { type LoadOptions, loadGolden } from './load-model.ts';
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
  return loadPredictor(url, sessionOpener(options), { ...options, onProgress: ofModel });
}
