import { constants } from 'node:os';
import { Piscina } from 'piscina';
import { workerModule } from '../../worker-module.ts';
import type { BatchMessage, BatchReply } from './messages.ts';

/** The inference threads. One that dies is replaced; what it was running rejects with `ThreadDied`. */

export class ThreadDied extends Error {
  override readonly name = 'ThreadDied';
}

export interface InferencePool {
  /** @throws ThreadDied */
  run(message: BatchMessage): Promise<BatchReply>;
  /** Lets what runs finish. Ending a thread while ONNX Runtime runs in it would end the process. */
  close(): Promise<void>;
}

/** What a thread is told when it starts. */
export interface ThreadOptions {
  /** Of its system thread, on Linux, where each has a priority of its own (setpriority(2)). */
  readonly priority: number;
}

/** Of threads that the processor is for where no prediction wants it. */
export const LOW: ThreadOptions = { priority: constants.priority.PRIORITY_BELOW_NORMAL };

export function startPool(threads: number, onDeath: (error: Error) => void, options?: ThreadOptions): InferencePool {
  const pool = new Piscina<BatchMessage, BatchReply>({
    ...workerModule(import.meta.url),
    ...(options && { workerData: options }),
    minThreads: threads,
    maxThreads: threads,
    maxQueue: Number.POSITIVE_INFINITY, // the batcher keeps the queue
  });
  pool.on('error', onDeath); // a thread that died while it had nothing to run
  return {
    async run(message) {
      try {
        return await pool.run(message);
      } catch (error) {
        // a worker returns errors as data, so a rejection means that its thread has ended, or a defect in it
        onDeath(error as Error);
        throw new ThreadDied(error instanceof Error ? error.message : String(error), { cause: error });
      }
    },
    close: () => pool.close(),
  };
}
