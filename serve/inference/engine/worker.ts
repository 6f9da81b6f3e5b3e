import { move, transferableSymbol, valueSymbol } from 'piscina';
import { createInference } from './inference.ts';
import { type BatchMessage, type BatchReply, type BatchResult, UNOPENED } from './messages.ts';

/** The code of an inference thread: piscina calls its default export with each message. */

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
