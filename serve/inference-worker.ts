import { workerData } from 'node:worker_threads';
import { SennError } from '../core/errors.ts';
import type { Predictor } from '../core/predictor.ts';
import { answer } from './answer.ts';
import { tensorOf } from './batch-input.ts';
import type { Ask, InferenceResult, InferenceTask, Output } from './engine.ts';
import { explained } from './explain/explained.ts';
import { loadPredictor } from './model-folder.ts';
import { type RuntimeOptions, sessionOpener } from './onnxruntime.ts';

/**
 * What runs in a worker thread: ONNX Runtime blocks the thread that calls it, and preparing images and encoding PNGs
 * cost more than the inference. Each thread opens its own sessions, once, when a model is first asked for; they live
 * as long as it.
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

async function outputOf(predictor: Predictor, ask: Ask): Promise<Output[keyof Output]> {
  const tensor = tensorOf(ask.input, predictor.manifest);
  if (ask.kind === 'answer') return answer(predictor, tensor, ask.options);
  return (await explained(predictor, tensor, ask.options)).svg;
}

/** One message in, one out. Our errors come back as data, since a thrown one would lose its code on the way. */
export default async function infer({ path, ask }: InferenceTask): Promise<InferenceResult> {
  try {
    const predictor = await predictorOf(path);
    const { executionProvider } = predictor;
    return { ok: true, executionProvider, output: ask && (await outputOf(predictor, ask)) };
  } catch (error) {
    if (!(error instanceof SennError)) throw error;
    const { code, message, details, stack } = error;
    return { ok: false, code, message, details, stack };
  }
}
