import { Piscina } from 'piscina';
import type { AskedOfBatch } from '../../../core/scoring/job.ts';
import type { LoadedBatch } from '../../../core/scoring/source.ts';
import type { Tensor } from '../../../core/tensor.ts';
import type { BatchReply } from '../score/running/wire.ts';
import '../../inference/no-telemetry.ts';
import { workerModule } from '../../worker-module.ts';
import type { FetchedModel } from './models.ts';

/** The threads of a worker: each batch in one, with graphs of one thread, so that its bytes are those of any other. */

/** What a thread is told. */
export interface QueuedBatch {
  readonly fetched: FetchedModel;
  readonly model: number;
  readonly batch: number;
  readonly asked: AskedOfBatch;
  readonly loaded: LoadedBatch;
  /** `[M, F]`, in memory that threads share */
  readonly training: Tensor | undefined;
}

export interface WorkerPool {
  /** @param signal ends the thread, and rejects with an `AbortError` */
  run(batch: QueuedBatch, signal: AbortSignal): Promise<BatchReply>;
  close(): Promise<void>;
}

export function startWorkerPool(threads: number): WorkerPool {
  const pool = new Piscina<QueuedBatch, BatchReply>({
    ...workerModule(import.meta.url),
    minThreads: threads,
    maxThreads: threads,
  });
  return {
    run: (batch, signal) => pool.run(batch, { signal }),
    close: () => pool.close(),
  };
}
