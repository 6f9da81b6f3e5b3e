import { createHash } from 'node:crypto';
import { SennError } from '../../../../core/errors.ts';
import type { Manifest } from '../../../../core/manifest.ts';
import type { AskedOfBatch, Job } from '../../../../core/scoring/job.ts';
import type { BatchResult } from '../../../../core/scoring/merge.ts';
import type { LoadedBatch } from '../../../../core/scoring/source.ts';
import { isRefusal } from './connect.ts';
import { CLOSING, later } from './later.ts';
import { type Expected, parseReply, plain } from './reply.ts';
import { type TrainingBlob, toWireTask, type WireTask } from './task.ts';

/**
 * Gives batches out to workers, and takes what comes back. The caller's window bounds how many are out, each of which is
 * settled once, whatever is done twice on the way: workers that are killed, a Redis that forgets, a network that is cut.
 */

/** Where batches are put out: BullMQ, or a list in a test. */
export interface Board {
  /** Does nothing where a batch of that id is there already. */
  add(id: string, task: WireTask): Promise<void>;
  stateOf(id: string): Promise<{ kind: 'there' } | { kind: 'gone' } | { kind: 'failed'; reason: string }>;
  result(id: string): Promise<string | undefined>;
  /** Takes it away, with its result. */
  forget(id: string): Promise<void>;
  /** Keeps the files that workers need, and puts back those that are lost. */
  keep(blobs: ReadonlyMap<string, Uint8Array>): Promise<void>;
  /** How many workers there are. */
  workers(): Promise<number>;
  onSettled(listener: (id: string) => void): void;
  close(): Promise<void>;
}

/** A model of the job, as workers find it. */
export interface QueuedModel {
  readonly manifest: Manifest;
  /** SHA-256 of the manifest. */
  readonly digest: string;
}

export interface QueueWork {
  readonly job: Job;
  readonly models: readonly QueuedModel[];
  /** Everything that workers need besides the inputs, by its SHA-256. */
  readonly blobs: ReadonlyMap<string, Uint8Array>;
  readonly training: TrainingBlob | undefined;
  readonly asked: AskedOfBatch;
}

export interface QueueRunnerOptions {
  /** Milliseconds after which each batch that is out is looked for, in case nobody told of its end. */
  readonly sweep?: number;
  /** Milliseconds without a result after which it is said where there is no worker. */
  readonly patience?: number;
  readonly onNote: (note: string) => void;
}

export interface QueueRunner {
  /** @throws what the batch threw; unavailable where no worker could score it; invalid_request of a result that is none */
  run(model: number, batch: number, loaded: LoadedBatch): Promise<BatchResult>;
  close(): Promise<void>;
}

interface Out {
  readonly task: WireTask;
  readonly expected: Expected;
  readonly resolve: (result: BatchResult) => void;
  readonly reject: (error: unknown) => void;
  /** Whether it is being looked at; `again` where its end was told meanwhile. */
  looking: boolean;
  again: boolean;
}

/** The same for the same batch of the same job, so that who resumes a job finds what is out already. */
export function batchId(job: Job, model: number, batch: number): string {
  const digest = createHash('sha256')
    .update(JSON.stringify([job, model, batch]))
    .digest('hex');
  return `b${digest}`; // BullMQ takes no number for an id
}

/** The caller has put the blobs there (`board.keep`), and closes the runner, which closes the board. */
export function startQueueRunner(
  { job, models, blobs, training, asked }: QueueWork,
  board: Board,
  { sweep = 5000, patience = 30_000, onNote }: QueueRunnerOptions,
): QueueRunner {
  const out = new Map<string, Out>();
  let settledAt = Date.now();
  let toldOf = false;

  async function look(id: string, one: Out): Promise<void> {
    // in this order: a batch that is gone has left its result before
    const state = await board.stateOf(id);
    if (state.kind === 'there') return;
    const { model, batch } = one.expected;
    const text = await board.result(id);
    if (text === undefined && state.kind === 'gone') return await board.add(id, one.task);
    out.delete(id);
    try {
      if (text === undefined && state.kind === 'failed') {
        throw new SennError('unavailable', `queue: batch ${batch} of model ${model}: ${plain(state.reason)}`, {
          model,
          batch,
        });
      }
      const result = parseReply(text ?? '', one.expected);
      await board.forget(id);
      [settledAt, toldOf] = [Date.now(), false];
      one.resolve(result);
    } catch (error) {
      one.reject(error);
      await board.forget(id);
    }
  }

  /** A look that fails is repeated by the next sweep. */
  async function settle(id: string): Promise<void> {
    const one = out.get(id);
    if (one === undefined) return;
    one.again = one.looking;
    if (one.looking) return;
    one.looking = true;
    try {
      do {
        one.again = false;
        await look(id, one);
      } while (one.again && out.has(id));
    } catch (error) {
      onNote(`queue: ${(error as Error).message}`);
    } finally {
      one.looking = false;
    }
  }

  async function tellOfNoWorker(): Promise<void> {
    if (toldOf || out.size === 0 || Date.now() - settledAt < patience) return;
    const workers = await board.workers().catch(() => undefined); // a user of Redis may not be allowed to ask
    if (workers !== 0) return;
    toldOf = true;
    onNote('queue: no worker is there; start some with senn worker --queue, of the same version');
  }

  let sweeping = false;
  async function sweepAll(): Promise<void> {
    if (sweeping) return; // a Redis that does not answer holds one for as long
    sweeping = true;
    try {
      await board.keep(blobs);
      for (const id of [...out.keys()]) await settle(id);
      await tellOfNoWorker();
    } catch (error) {
      onNote(`queue: ${(error as Error).message}`);
    } finally {
      sweeping = false;
    }
  }
  const timer = setInterval(() => void sweepAll(), sweep);

  board.onSettled((id) => void settle(id));

  return {
    run(model, batch, loaded) {
      const { manifest, digest } = models[model] as QueuedModel;
      const task = toWireTask({ model: digest, at: { model, batch }, asked }, loaded, training);
      const id = batchId(job, model, batch);
      return new Promise((resolve, reject) => {
        const expected = { manifest, model, batch, asked, loaded };
        const one: Out = { task, expected, resolve, reject, looking: true, again: false };
        out.set(id, one);
        if (out.size === 1) settledAt = Date.now();
        putOut(id, one).catch((error: unknown) => {
          one.looking = false; // of a connection that broke off the next sweep puts it out again
          if (!isRefusal(error)) return onNote(`queue: ${(error as Error).message}`);
          out.delete(id);
          reject(error);
        });
      });
    },
    async close() {
      clearInterval(timer);
      const left = [...out.keys()];
      out.clear();
      await Promise.race([Promise.allSettled(left.map((id) => board.forget(id))), later(CLOSING)]);
      await board.close();
    },
  };

  /** What an earlier run of the job left is not trusted: it is scored again, unless a worker has it in work. */
  async function putOut(id: string, one: Out): Promise<void> {
    if ((await board.stateOf(id)).kind !== 'there') await board.forget(id);
    await board.add(id, one.task);
    one.looking = false;
    if (one.again) await settle(id);
  }
}
