import { inputShape } from '../../../core/manifest.ts';
import type { Predictor } from '../../../core/predictor.ts';
import { sizeOf } from '../../../core/tensor.ts';
import type { ExplainedModel } from '../../answers/explained.ts';
import { openBundle } from '../../models/open.ts';
import { errorMessage } from '../error-message.ts';
import { sessionOpener } from '../onnxruntime.ts';
import { type BatchOutcome, runBatch } from './batch.ts';
import { type BatchMessage, type BatchReply, type ModelMessage, UNOPENED } from './messages.ts';

/** A model open in this thread. */
interface Opened {
  readonly model: ExplainedModel;
  /** What h and θ of one input take. */
  readonly milliseconds: number;
}

/**
 * What runs batches in one thread. It opens its own sessions, once, when a model is first asked for, and closes them
 * when the model is served no more. ONNX Runtime blocks the thread that calls it.
 * @param openModel how much of a model it opens
 */
export function createInference(openModel: typeof openBundle = openBundle) {
  const models = new Map<string, Promise<Opened>>();

  const opened = ({ id, model }: BatchMessage): Promise<Opened> | undefined => {
    const found = models.get(id);
    if (found !== undefined || model === undefined) return found;
    const opening = open(model, openModel);
    models.set(id, opening);
    opening.catch(() => models.delete(id));
    return opening;
  };

  const closeAllBut = async (live: readonly string[]): Promise<void> => {
    for (const [id, opening] of models) {
      if (live.includes(id)) continue;
      models.delete(id);
      await opening.then(({ model }) => model.predictor.close()).catch(() => undefined);
    }
  };

  return {
    /** One message in, one out; it never rejects. */
    async run(message: BatchMessage): Promise<BatchReply> {
      try {
        const found = opened(message);
        if (found === undefined) return UNOPENED;
        const { model, milliseconds } = await found;
        if (models.size > 1) await closeAllBut([...message.live, message.id]);
        const outcome: BatchOutcome = await runBatch(model, message.asks);
        return { ok: true, executionProvider: model.predictor.executionProvider, milliseconds, ...outcome };
      } catch (error) {
        return { ok: false, error: errorMessage(error) };
      }
    },
    /** Closes every session. */
    close: () => closeAllBut([]),
  };
}

async function open({ files, providers }: ModelMessage, openModel: typeof openBundle): Promise<Opened> {
  const model = await openModel(files, sessionOpener({ providers }));
  return { model, milliseconds: await timed(model.predictor) };
}

const RUNS = 16;
/** Milliseconds after which it is slow enough, and not run again. */
const SLOW = 10;

/** The fastest of several runs: the first ones warm up, and others may hold the cores for most of them. */
async function timed({ manifest, forward }: Predictor): Promise<number> {
  const shape = [1, ...inputShape(manifest)];
  const input = { shape, data: new Float32Array(sizeOf(shape)) };
  let best = Number.POSITIVE_INFINITY;
  for (let i = 0; i < RUNS && (i === 0 || best < SLOW); i++) {
    const start = performance.now();
    await forward(input).catch(() => undefined);
    best = Math.min(best, performance.now() - start);
  }
  return best;
}
