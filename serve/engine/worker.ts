import { move, transferableSymbol, valueSymbol } from 'piscina';
import type { ExplainedModel } from '../explain/explained.ts';
import { openBundle } from '../models/open.ts';
import { sessionOpener } from '../onnxruntime.ts';
import { type BatchOutcome, errorMessage, runBatch } from './batch.ts';
import type { BatchMessage, BatchResult, ModelMessage } from './messages.ts';

/**
 * What runs in a thread: ONNX Runtime blocks the thread that calls it, and preparing images and encoding answers cost
 * more than the inference. Each thread opens its own sessions, once, when a model is first asked for, and closes them
 * when the model is served no more.
 */
const models = new Map<string, Promise<ExplainedModel>>();

function opened({ id, files, providers }: ModelMessage): Promise<ExplainedModel> {
  const found = models.get(id);
  if (found !== undefined) return found;
  const opening = openBundle(files, sessionOpener({ providers }));
  models.set(id, opening);
  opening.catch(() => models.delete(id));
  return opening;
}

async function closeAllBut(live: readonly string[]): Promise<void> {
  for (const [id, opening] of models) {
    if (live.includes(id)) continue;
    models.delete(id);
    await opening.then(({ predictor }) => predictor.close()).catch(() => undefined);
  }
}

/** The memory of the results that goes along instead of being copied. */
function memoryOf({ text, results }: BatchOutcome): ArrayBuffer[] {
  const tensors = results.flatMap((result) =>
    result.ok && result.output.kind === 'tensors' ? Object.values(result.output.tensors) : [],
  );
  return [text.buffer, ...tensors.map(({ data }) => data.buffer as ArrayBuffer)];
}

/** One message in, one out. */
export default async function infer({ model, asks, live }: BatchMessage): Promise<BatchResult> {
  try {
    const explained = await opened(model);
    await closeAllBut([...live, model.id]);
    const { executionProvider } = explained.predictor;
    const outcome = await runBatch(explained, asks);
    const result: BatchResult = { ok: true, executionProvider, ...outcome };
    const handover = { [transferableSymbol]: memoryOf(outcome), [valueSymbol]: result };
    return move(handover) as unknown as BatchResult; // what the other side gets
  } catch (error) {
    return { ok: false, error: errorMessage(error) };
  }
}
