/**
 * `senn-onnx-web`: the models of `core/` in a browser.
 *
 * It needs nothing but static files: the model folder, and onnxruntime-web's `.wasm`, which bundlers find by
 * themselves, and which lies beside `senn-onnx-web/standalone`, the same library as one file for script tags. A model runs
 * in a worker, so that the page never waits. A content security policy must allow `script-src 'wasm-unsafe-eval'`, and
 * `worker-src 'self'`; where a worker is forbidden the model runs on the page's own thread. What reads models (and zod with
 * it) and ONNX Runtime are chunks of the worker.
 *
 * @example
 * import { loadModel } from 'senn-onnx-web';
 *
 * await using model = await loadModel('/models/mnist-disenn/');
 * const [prediction] = await model.predict(canvas);
 * if (prediction !== undefined) {
 *   console.log(prediction.label, prediction.probability); // "7" 0.998
 *   console.log(prediction.contributions); // [K][C] logits; the column sums are prediction.logits
 * }
 */
import type { Golden } from '../core/golden.ts';
import type { Manifest } from '../core/manifest.ts';
import type { OpenSession } from '../core/session.ts';
import type { LoadOptions } from './load-model.ts';
import { createModel, type Model } from './model/model.ts';
import type { OpenOptions } from './model/open.ts';
import type { RuntimeOptions } from './onnxruntime.ts';
import type { OnProgress } from './progress.ts';
import { loadRuntimeInWorker, runInWorker } from './worker/run-in-worker.ts';

export type { Counterfactual } from '../core/artefacts/counterfactual/counterfactual.ts';
export { SennError } from '../core/errors.ts';
export type { Prediction, PredictOptions, Predictor, Traversal } from '../core/predictor.ts';
export type { TurningPoint } from '../core/reasons/turning-point.ts';
export type { ClassView } from '../core/views/class-view.ts';
export type { ConceptValues } from '../core/views/intervention.ts';
export type { DrawableImage, PixelImage } from './canvas.ts';
export type { DigestCheck } from './download.ts';
export { featuresToTensor } from './features.ts';
export { imageToTensor, tensorToImageData, tensorToPixels } from './images.ts';
export type { LoadOptions } from './load-model.ts';
export type { Model, ModelOptions } from './model/model.ts';
export type { Features, ModelInput } from './model/model-input.ts';
export type { Provider, RuntimeOptions } from './onnxruntime.ts';
export type { LoadProgress } from './progress.ts';

export interface WorkerOptions {
  /**
   * Whether the model runs in the page's worker, where there can be one. Default true. `model.thread` tells where it runs.
   */
  readonly worker?: boolean;
}

export interface LoadModelOptions extends OpenOptions, WorkerOptions {}

/** A whole address: the worker's own is another than the page's. */
const wholeUrl = (url: string | URL): URL => new URL(url, globalThis.document?.baseURI ?? globalThis.location?.href);

const withWholeUrls = <Options extends RuntimeOptions>({ wasmUrl, ...options }: Options) =>
  wasmUrl === undefined ? options : { ...options, wasmUrl: wholeUrl(wasmUrl).href };

/**
 * Loads a model folder (`manifest.json` and the graphs it names) and opens it in onnxruntime-web, in the page's worker.
 * @param url the folder, absolute or relative to the page; a query string is passed on to every file
 * @throws not_found, unavailable, invalid_model, or the reason of `options.signal`
 */
export async function loadModel(url: string | URL, options: LoadModelOptions = {}): Promise<Model> {
  const { worker = true, ...rest } = options;
  const [whole, open] = [wholeUrl(url), withWholeUrls(rest)];
  const running = worker ? await runInWorker(whole, open) : undefined;
  if (running !== undefined) return createModel(running);
  const { runOnThisThread } = await import('./model/on-this-thread.ts');
  return createModel(await runOnThisThread(whole, open));
}

/**
 * Starts the worker and downloads the runtime, before it is known which model is wanted.
 * @throws not_found, unavailable
 */
export async function loadRuntime(
  { worker = true, ...options }: RuntimeOptions & WorkerOptions = {},
  onProgress?: OnProgress,
): Promise<void> {
  const whole = withWholeUrls(options);
  if (worker && (await loadRuntimeInWorker(whole, onProgress))) return;
  const runtime = await import('./onnxruntime.ts');
  await runtime.loadRuntime(whole, onProgress);
}

/**
 * What opens single graphs on the thread that calls it, through WebAssembly, for whoever runs them without a model.
 * @throws not_found, unavailable, invalid_model
 */
export const sessionOpener =
  (options: RuntimeOptions = {}): OpenSession =>
  async (graph) =>
    (await import('./onnxruntime.ts')).sessionOpener(options)(graph);

/** The opener with its defaults: one thread, the runtime beside its script. */
export const openSession: OpenSession = sessionOpener();

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
