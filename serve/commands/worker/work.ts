import { type Job as BullJob, UnrecoverableError, WaitingError, Worker } from 'bullmq';
import type { Logger } from 'pino';
import { SennError } from '../../../core/errors.ts';
import { addressText, inTheOpen, isInTheOpen, type QueueAddress } from '../score/queue/address.ts';
import { readBlob } from '../score/queue/blobs.ts';
import { RESULT_SECONDS, resultKey } from '../score/queue/board.ts';
import { connect, PREFIX, queueName } from '../score/queue/connect.ts';
import { CLOSING, later } from '../score/queue/later.ts';
import { type ModelsFrom, readFileFrom } from '../score/queue/models-from.ts';
import { LONGEST_REPLY } from '../score/queue/reply.ts';
import { loadedOf, parseTask, type Task } from '../score/queue/task.ts';
import { type BatchReply, failedReply } from '../score/running/wire.ts';
import { type Fetched, fetching } from './models.ts';
import { startWorkerPool, type WorkerPool } from './pool.ts';

/** A worker: takes batches from a queue, has its threads score them, and leaves the results there. */

export interface WorkOptions {
  readonly address: QueueAddress;
  /** Where files of models are looked for first. */
  readonly modelsFrom?: ModelsFrom | undefined;
  readonly threads: number;
  /** Milliseconds that one batch may take. */
  readonly longest: number;
  /** Milliseconds that batches in work have to end, once the worker is told to; then they are given back. */
  readonly grace: number;
  readonly logger: Logger;
}

export interface Working {
  /** Ends once what is in work is done or given back. */
  close(): Promise<void>;
}

/**
 * Milliseconds that a batch is a worker's without a sign of life from it, and between looks for those that give none. Threads
 * score, so the main thread always has time for the sign.
 */
const LOCK = 10_000;
const STALLED = 5000;

/** How many workers may die over one batch before it is taken for the cause. */
const MOST_DEATHS = 10;

/** The errors that another attempt may not meet: all others are the model's or the input's own. */
const passing = (error: unknown): boolean => !(error instanceof SennError) || error.code === 'unavailable';

async function scoreTask(task: Task, fetched: Fetched, pool: WorkerPool, signal: AbortSignal): Promise<BatchReply> {
  const { training, at, asked } = task;
  try {
    const model = await fetched.model(task.model, asked.attributions);
    const bytes = training && (await fetched.bytes(training.digest));
    if (bytes !== undefined && bytes.byteLength !== 4 * (training?.shape[0] ?? 0) * (training?.shape[1] ?? 0)) {
      throw new SennError(
        'shape_mismatch',
        `queue: ${bytes.byteLength} bytes of training inputs do not fill their shape`,
      );
    }
    return await pool.run(
      {
        fetched: model,
        ...at,
        asked,
        loaded: loadedOf(task),
        training: bytes && training && { shape: training.shape, data: new Float32Array(bytes.buffer) },
      },
      signal,
    );
  } catch (error) {
    if (passing(error)) throw error;
    return failedReply(error);
  }
}

/** @throws unavailable where the queue cannot be reached */
export async function startWork({
  address,
  modelsFrom,
  threads,
  longest,
  grace,
  logger,
}: WorkOptions): Promise<Working> {
  if (isInTheOpen(address)) logger.warn(inTheOpen(address));
  const queue = addressText(address);
  const connected = await connect(address, (lost) =>
    lost ? logger.warn({ queue }, 'queue lost; it is tried again') : logger.info({ queue }, 'queue is back'),
  );
  const { client } = connected;
  const pool = startWorkerPool(threads);
  const fetched = fetching(
    async (digest) => (modelsFrom && (await readFileFrom(modelsFrom, digest))) ?? (await readBlob(client, digest)),
  );
  /** Aborted when time is up: what is in work is given back. */
  const giveUp = new AbortController();

  const process = async (job: BullJob, token?: string): Promise<Record<string, never>> => {
    let task: Task;
    try {
      task = parseTask(job.data);
    } catch (error) {
      throw new UnrecoverableError((error as Error).message);
    }
    const late = AbortSignal.timeout(longest);
    const start = performance.now();
    logger.debug(task.at, 'batch taken');
    let reply: BatchReply;
    try {
      reply = await scoreTask(task, fetched, pool, AbortSignal.any([late, giveUp.signal]));
    } catch (error) {
      if (giveUp.signal.aborted) {
        await job.moveToWait(token);
        logger.info(task.at, 'batch given back');
        throw new WaitingError();
      }
      if (late.aborted) throw new UnrecoverableError(`a batch may take ${longest / 1000} s, and this one took longer`);
      throw error;
    }
    const text = JSON.stringify(reply);
    if (text.length > LONGEST_REPLY)
      throw new UnrecoverableError('the result of a batch is too large; use a smaller --batch');
    await client.set(resultKey(job.id as string), text, 'EX', RESULT_SECONDS);
    logger.debug({ ...task.at, rows: task.rows.length, ms: Math.round(performance.now() - start) }, 'batch scored');
    return {};
  };

  const worker = new Worker(queueName(), process, {
    connection: client,
    prefix: PREFIX,
    concurrency: threads,
    lockDuration: LOCK,
    stalledInterval: STALLED,
    maxStalledCount: MOST_DEATHS,
    runRetryDelay: 1000,
    removeOnFail: { age: RESULT_SECONDS, count: 1000 },
  });
  worker.on('error', (error) => logger.warn({ reason: error.message }, 'queue'));
  worker.on('failed', (job, error) => logger.warn({ batch: job?.id, reason: error.message }, 'batch failed'));
  worker.on('stalled', (batch) => logger.info({ batch }, 'batch taken over'));
  logger.info({ queue, threads, version: queueName() }, 'working');
  return {
    async close() {
      const timer = setTimeout(() => giveUp.abort(), grace);
      const closed = worker.close().then(() => true);
      const inTime = await Promise.race([closed, later(grace + CLOSING)]);
      clearTimeout(timer);
      if (inTime === true) await pool.close();
      connected.close();
      if (inTime !== true) logger.warn('not closed in time; batches in work are taken over by others');
    },
  };
}
