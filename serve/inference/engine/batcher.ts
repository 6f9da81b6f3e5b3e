import { SennError } from '../../../core/errors.ts';

/**
 * Dynamic batching: jobs of one model that wait at the same time run as one batch. Unless `maxDelayMs` says so, a free
 * thread never waits for a fuller batch; while all threads are busy the queue grows, and with it the next batch.
 */

export interface BatchLimits {
  /** Inputs of one batch at most; a job that is larger runs alone. */
  readonly maxSize: number;
  /** Milliseconds that a job may wait for others while a thread is free. */
  readonly maxDelayMs: number;
  /** Inputs that wait at most; a job beyond is refused. */
  readonly maxQueue: number;
}

export interface Batchable {
  /** Jobs of one key may share a batch. */
  readonly key: string;
  /** Its inputs. */
  readonly size: number;
  /** What it takes of `maxSize`: its inputs, plus its other work (as decoding) counted as so many inputs. */
  readonly weight: number;
  /** Whether anybody still waits for it. */
  readonly wanted: () => boolean;
}

export interface Batcher<Job extends Batchable> {
  /** @throws unavailable where the queue is full */
  add(job: Job): void;
  /** Inputs that wait. */
  readonly depth: () => number;
  /** Resolves when nothing waits and nothing runs. */
  idle(): Promise<void>;
}

export interface BatcherOptions<Job> extends BatchLimits {
  /** Batches that run at a time. */
  readonly slots: number;
  /**
   * Inputs that count for `maxQueue`: those of several batchers that share the limit. Default: those that wait here.
   */
  readonly queueDepth?: () => number;
  /**
   * Runs a batch; it never rejects. The function that it gives hands the results out. It is called after the next batch
   * has been sent, so that no thread idles while the answers of its last batch are written.
   */
  readonly run: (jobs: readonly Job[]) => Promise<() => void>;
  /** Told of a job that nobody waits for any more. */
  readonly onUnwanted?: (job: Job) => void;
}

export function createBatcher<Job extends Batchable>(options: BatcherOptions<Job>): Batcher<Job> {
  const { maxSize, maxDelayMs, maxQueue, slots, run, onUnwanted, queueDepth = () => depth } = options;
  let waiting: { readonly job: Job; readonly since: number }[] = [];
  let depth = 0;
  let running = 0;
  let scheduled = false;
  let timer: NodeJS.Timeout | undefined;
  const onIdle: (() => void)[] = [];

  /** The weight of all jobs of a key that wait. */
  const weightOf = (key: string | undefined): number =>
    waiting.reduce((sum, { job }) => sum + (job.key === key ? job.weight : 0), 0);

  /**
   * Takes the first job out of the queue, and those of the same key behind it that fit. While several slots are free
   * each gets an equal share, since two batches of four on two threads are done sooner than one of eight; but with a
   * delay, which asks for full batches, a batch takes all it can.
   */
  const take = (): Job[] => {
    const batch: Job[] = [];
    let weight = 0;
    const key = waiting[0]?.job.key;
    const share = maxDelayMs > 0 ? maxSize : Math.ceil(weightOf(key) / (slots - running));
    const most = Math.min(maxSize, share);
    waiting = waiting.filter(({ job }) => {
      if (job.key !== key || (batch.length > 0 && weight + job.weight > most)) return true;
      batch.push(job);
      weight += job.weight;
      depth -= job.size;
      return false;
    });
    return batch;
  };

  const dropUnwanted = (): void => {
    waiting = waiting.filter(({ job }) => {
      if (job.wanted()) return true;
      depth -= job.size;
      onUnwanted?.(job);
      return false;
    });
  };

  /** Milliseconds that the first job still waits for others to fill its batch. */
  const patience = (): number => {
    const [first] = waiting;
    if (first === undefined || maxDelayMs === 0) return 0;
    return weightOf(first.job.key) >= maxSize ? 0 : maxDelayMs - (performance.now() - first.since);
  };

  const pump = (): void => {
    scheduled = false;
    clearTimeout(timer);
    dropUnwanted();
    while (running < slots && waiting.length > 0) {
      const wait = patience();
      if (wait > 0) {
        timer = setTimeout(pump, wait);
        return;
      }
      const batch = take();
      running += 1;
      void run(batch).then((handOut) => {
        running -= 1;
        pump();
        handOut();
      });
    }
    if (running === 0 && waiting.length === 0) for (const resolve of onIdle.splice(0)) resolve();
  };

  return {
    add(job) {
      const waitingInputs = queueDepth();
      if (waitingInputs + job.size > maxQueue && waitingInputs > 0) {
        throw new SennError('unavailable', `server: ${waitingInputs} inputs wait already; at most ${maxQueue} may`, {
          waiting: waitingInputs,
          maxQueue,
        });
      }
      waiting.push({ job, since: performance.now() });
      depth += job.size;
      if (scheduled) return;
      scheduled = true;
      setImmediate(pump); // after all requests that have arrived in this turn of the event loop, so that they share a batch
    },
    depth: () => depth,
    idle: () =>
      new Promise((resolve) => {
        onIdle.push(resolve);
        setImmediate(pump);
      }),
  };
}
