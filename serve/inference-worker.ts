import { workerData } from 'node:worker_threads';
import { SennError } from '../core/errors.ts';
import type { Predictor } from '../core/predictor.ts';
import { answer } from './answer.ts';
import type { InferenceResult, InferenceTask } from './engine.ts';
import { loadPredictor } from './model-folder.ts';
import { type RuntimeOptions, sessionOpener } from './onnxruntime.ts';

/**
 * What runs in a worker thread: ONNX Runtime blocks the thread that calls it, and PNG encoding costs more than the
 * inference. Each thread opens its own sessions, once, when a model is first asked for; they live as long as it.
 */
const openSession = sessionOpener(workerData as RuntimeOptions);
const predictors = new Map<string, Promise<Predictor>>();

function predictorOf(path: string): Promise<Predictor> {
  const found = predictors.get(path);
  if (found !== undefined) return found;
  const opening = loadPredictor(path, openSession);
  predictors.set(path, opening);
  opening.catch(() => predictors.delete(path));
  return opening;
}

/** One message in, one out. Errors come back as data: a thrown one would lose its code on the way. */
export default async function infer({ path, request }: InferenceTask): Promise<InferenceResult> {
  try {
    const predictor = await predictorOf(path);
    const { executionProvider } = predictor;
    if (request === undefined) return { ok: true, executionProvider, predictions: [] };
    return { ok: true, executionProvider, predictions: await answer(predictor, request.input, request.options) };
  } catch (error) {
    const known = error instanceof SennError ? error : new SennError('internal', String(error));
    return { ok: false, code: known.code, message: known.message, details: known.details };
  }
}
