import { setPriority } from 'node:os';
import { move, transferableSymbol, valueSymbol, workerData } from 'piscina';
import { createInference } from './inference.ts';
import { type BatchMessage, type BatchReply, type BatchResult, UNOPENED } from './messages.ts';
import type { ThreadOptions } from './pool.ts';

/** The code of an inference thread: piscina calls its default export with each message. */

lower(workerData as ThreadOptions | undefined);

/** On Linux 0 means the calling thread; elsewhere the whole process, whose priority is not ours to change. */
function lower(options: ThreadOptions | undefined): void {
  if (options === undefined || process.platform !== 'linux') return;
  try {
    setPriority(0, options.priority);
  } catch {
    // a sandbox may forbid it: attributions then compete with predictions for the processor
  }
}

const inference = createInference();

/** The memory of the results, to be handed over to the other thread instead of copied. */
function memoryOf({ text, results }: Extract<BatchResult, { ok: true }>): ArrayBuffer[] {
  const tensors = results.flatMap((result) =>
    result.ok && result.output.kind === 'tensors' ? Object.values(result.output.tensors) : [],
  );
  return [text.buffer, ...tensors.map(({ data }) => data.buffer as ArrayBuffer)];
}

/** One message in, one out. */
export default async function infer(message: BatchMessage): Promise<BatchReply> {
  const result = await inference.run(message);
  if (result === UNOPENED || !result.ok) return result;
  const handover = { [transferableSymbol]: memoryOf(result), [valueSymbol]: result };
  return move(handover) as unknown as BatchReply; // the type of what arrives there
}
