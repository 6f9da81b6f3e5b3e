import { Piscina } from 'piscina';
import { SennError } from '../../../../core/errors.ts';
import type { AskedOfBatch } from '../../../../core/scoring/job.ts';
import type { BatchResult } from '../../../../core/scoring/merge.ts';
import type { LoadedBatch } from '../../../../core/scoring/source.ts';
import type { Tensor } from '../../../../core/tensor.ts';
import { workerModule } from '../../../worker-module.ts';
import type { BatchReply } from './wire.ts';

/** Threads that score batches: each batch in one thread, with graphs of one thread, so that its bytes are the same. */

/** What a thread is told. */
export interface BatchTask {
  /** Folder of the model. */
  readonly path: string;
  readonly model: number;
  readonly batch: number;
  readonly asked: AskedOfBatch;
  readonly loaded: LoadedBatch;
}

export interface ScoringPool {
  /** @throws as `scoreBatch` */
  run(task: BatchTask): Promise<BatchResult>;
  close(): Promise<void>;
}

/** What every batch is scored with, which a thread is handed once. */
export interface ThreadData {
  /** `[M, F]` in the model's units, for attributions */
  readonly training: Tensor | undefined;
}

export function startScoringPool(threads: number, workerData: ThreadData): ScoringPool {
  const options = { ...workerModule(import.meta.url), minThreads: threads, maxThreads: threads, workerData };
  const pool = new Piscina<BatchTask, BatchReply<BatchResult>>(options);
  return {
    async run(task) {
      const reply = await pool.run(task);
      if (reply.ok) return reply.result;
      throw new SennError(reply.code, reply.message, { ...reply.details });
    },
    close: () => pool.close(),
  };
}
