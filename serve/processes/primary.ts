import cluster, { type Worker } from 'node:cluster';
import type { Logger } from 'pino';
import { AggregatorRegistry } from 'prom-client';
import { SennError } from '../../core/errors.ts';
import { fromMessage } from '../error-message.ts';
import { hitCounter } from '../middleware/rate-limit.ts';
import { type Channel, openChannel } from './channel.ts';
import type { FromPrimary, FromServing, MetricsData, Serving } from './questions.ts';

/**
 * The process that starts the others and answers no request: they share its port, a process that ends is replaced, and
 * what concerns all of them (changes of models, metrics, rates) passes through it.
 */

export interface PrimaryOptions {
  readonly processes: number;
  readonly logger: Logger;
}

export interface Primary {
  /** What the first process said when it took requests; by then all do. */
  readonly serving: Serving;
  /** Ends every process, each after its answers. */
  close(): Promise<void>;
  /** Ends them at once. */
  kill(): void;
}

/** Milliseconds before a process that has ended is replaced; doubled for each that ends before it takes requests. */
const PAUSE = 100;
const LONGEST_PAUSE = 30_000;

interface Member {
  readonly worker: Worker;
  readonly channel: Channel<FromPrimary>;
  /** Takes requests. */
  serves: boolean;
}

/** @throws what keeps a process from starting; unavailable where one ends before it takes requests */
export async function startPrimary({ processes, logger }: PrimaryOptions): Promise<Primary> {
  const members = new Set<Member>();
  const starting = new Set<Promise<Serving>>();
  const unloaded = new Set<string>();
  const hit = hitCounter();
  let changes: Promise<unknown> = Promise.resolve();
  let closing = false;
  let failures = 0;

  const serving = (): Member[] => [...members].filter(({ serves }) => serves);

  /** In all processes, one change after the other. */
  const change: FromServing['change'] = async (what) => {
    const made = changes.then(async () => {
      await Promise.allSettled(starting); // a process may have read what the models were before
      const results = await Promise.allSettled(serving().map(({ channel }) => channel.ask('apply', what)));
      const failed = results.find((result) => result.status === 'rejected');
      if (failed !== undefined) throw failed.reason;
      if (what.change === 'load') unloaded.delete(what.name);
      else unloaded.add(what.name);
    });
    changes = made.catch(() => undefined);
    await made;
  };

  const metrics = async (): Promise<string> => {
    const all = await Promise.allSettled(serving().map(({ channel }) => channel.ask('ownMetrics', undefined)));
    const given = all.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
    return AggregatorRegistry.aggregate(given.map(withWorstDelay)).metrics();
  };

  const start = (): Promise<Serving> => {
    const worker = cluster.fork();
    const started = new Promise<Serving>((resolve, reject) => {
      const channel = openChannel<FromPrimary, FromServing>(worker, {
        serving(what) {
          member.serves = true;
          failures = 0;
          resolve(what);
        },
        failed: (why) => reject(fromMessage(why)),
        unloaded: () => [...unloaded],
        change,
        metrics,
        hit,
      });
      worker.once('exit', (code, signal) => {
        members.delete(member);
        const how = signal ?? `exit code ${code}`;
        reject(
          new SennError('unavailable', `serve: a process ended (${how}) before it took requests`, { code, signal }),
        );
        if (member.serves && !closing) replace(how);
      });
      const member: Member = { worker, channel, serves: false };
      members.add(member);
    });
    starting.add(started);
    const done = (): void => void starting.delete(started);
    started.then(done, done);
    return started;
  };

  const replace = (how: string): void => {
    const pause = Math.min(LONGEST_PAUSE, PAUSE * 2 ** failures);
    logger.error({ how, pause }, 'a process of the server has ended; another takes its place');
    setTimeout(() => {
      if (closing) return;
      failures += 1;
      start().catch((error: Error) => {
        if (!closing) replace(error.message);
      });
    }, pause);
  };

  const ended = ({ worker }: Member): Promise<void> =>
    worker.isDead() ? Promise.resolve() : new Promise((resolve) => worker.once('exit', () => resolve()));
  const close = async (): Promise<void> => {
    closing = true;
    const all = [...members];
    for (const { channel, worker, serves } of all) {
      if (serves) channel.ask('end', undefined).catch(() => undefined);
      else worker.process.kill('SIGKILL'); // it may not listen yet, and has nothing to finish
    }
    await Promise.all(all.map(ended));
  };
  const kill = (): void => {
    closing = true;
    for (const { worker } of members) worker.process.kill('SIGKILL');
  };

  try {
    const first = await start(); // alone: what keeps it from starting is told once
    await Promise.all(Array.from({ length: processes - 1 }, start));
    return { serving: first, close, kill };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Of the event loops' delays the longest counts, and not their mean. */
const withWorstDelay = (metrics: MetricsData): MetricsData =>
  metrics.map((metric) =>
    metric.name.startsWith('nodejs_eventloop_lag') ? { ...metric, aggregator: 'max' as const } : metric,
  );
