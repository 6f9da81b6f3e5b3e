import cluster, { type Worker } from 'node:cluster';
import type { Logger } from 'pino';
import { SennError } from '../../../core/errors.ts';
import { CHANGE_TIMEOUT, within } from '../../within.ts';
import { fromMessage } from '../error-message.ts';
import { type Channel, openChannel } from './channel.ts';
import { handBack } from './handed-over.ts';
import { hitCounter } from './hit-counter.ts';
import { startPulse } from './pulse.ts';
import { type FromPrimary, type FromServing, type MetricsData, PROCESS_VARIABLE, type Serving } from './questions.ts';
import { totalMetrics } from './total-metrics.ts';

/**
 * The process that starts the others and answers no request. They share its port; one that ends is replaced; and what
 * concerns all of them passes through this one: changes of models, metrics, and the counts of requests.
 */

export interface PrimaryOptions {
  readonly processes: number;
  readonly logger: Logger;
  /** Milliseconds that a change of a model may take in each process. */
  readonly changeTimeoutMs?: number;
}

export interface Primary {
  /** What the first process said when it began to take requests. When `startPrimary` resolves, all do. */
  readonly serving: Serving;
  /** Ends every process, each after its answers. */
  close(): Promise<void>;
  /** Ends them at once. */
  kill(): void;
}

/**
 * Milliseconds before a process that has ended is replaced; doubled with each replacement that ends before it takes
 * requests.
 */
const PAUSE = 100;
const LONGEST_PAUSE = 30_000;

/** Milliseconds that a process has to say its metrics; of one that takes longer those count that were last heard. */
const METRICS = 3000;

/** The one metric that no process has, but the primary. */
export const PROCESSES_METRIC = 'senn_processes';

/** Milliseconds that a change may take in a process besides its own time: for the question and its answer. */
const MARGIN = 5000;

interface Member {
  readonly worker: Worker;
  readonly channel: Channel<FromPrimary>;
  /** Takes requests. */
  serves: boolean;
}

/**
 * @throws what keeps a process from starting; unavailable where one ends before it takes requests; invalid_config where
 *   this process is itself one of a cluster
 */
export async function startPrimary({
  processes,
  logger,
  changeTimeoutMs = CHANGE_TIMEOUT,
}: PrimaryOptions): Promise<Primary> {
  if (!cluster.isPrimary) {
    throw new SennError('invalid_config', 'processes: must be 1 where another program starts this one in a cluster');
  }
  const members = new Set<Member>();
  const starting = new Set<Promise<Serving>>();
  const unloaded = new Set<string>();
  const hit = hitCounter();
  const totals = totalMetrics<Member>();
  const pulse = startPulse<Member>(logger);
  /** Of the processes that are to be started after their pause. */
  const timers = new Set<NodeJS.Timeout>();
  let started = 0;
  let changes: Promise<unknown> = Promise.resolve();
  let closing = false;
  let failures = 0;
  let sayAllServe = (): void => {};
  /** Resolves when every process takes requests; it stays resolved when one is replaced later. */
  const allServe = new Promise<void>((resolve) => {
    sayAllServe = resolve;
  });

  const serving = (): Member[] => [...members].filter(({ serves }) => serves);

  const inTime = <T>(what: string, work: () => Promise<T>): Promise<T> =>
    within(changeTimeoutMs + MARGIN, `server: ${what}`, work);

  /** Makes a change in all processes; changes are made one after the other. */
  const change: FromServing['change'] = async (what) => {
    const made = changes.then(async () => {
      // a process that is starting may have read the models as they were before
      await inTime('the processes that start', () => Promise.allSettled(starting));
      const asked = serving();
      const apply = ({ channel }: Member): Promise<void> =>
        inTime(`the ${what.change} in a process`, () => channel.ask('apply', what));
      // one that is silent has the change before it, and makes it when it wakes up
      const results = await Promise.allSettled(asked.map((member) => pulse.unlessSilent(member, apply(member))));
      const silent = asked.filter(pulse.isSilent).map(({ worker }) => worker.process.pid);
      if (silent.length > 0) logger.warn({ ...what, processes: silent }, 'a change is not made yet in all processes');
      if (results.some(({ status }) => status === 'fulfilled')) {
        if (what.change === 'load') unloaded.delete(what.name);
        else unloaded.add(what.name);
      }
      // a process that has ended meanwhile does not matter: its replacement reads the models as they are now
      const failed = results.find((result, i) => result.status === 'rejected' && members.has(asked[i] as Member));
      if (failed?.status === 'rejected') throw failed.reason;
    });
    changes = made.catch(() => undefined);
    await made;
  };

  const metrics = async (): Promise<string> => {
    const given = new Map<Member, MetricsData>();
    const ask = async (member: Member): Promise<unknown> =>
      given.set(
        member,
        await within(METRICS, 'the metrics of a process', () => member.channel.ask('ownMetrics', undefined)),
      );
    await Promise.allSettled(
      serving()
        .filter((member) => !pulse.isSilent(member))
        .map(ask),
    );
    return totals.text(given, states());
  };
  const states = (): MetricsData => {
    const silent = pulse.silent();
    const answering = serving().length - silent;
    const values = Object.entries({ answering, silent }).map(([state, value]) => ({ labels: { state }, value }));
    const help = 'Processes of the server that take requests, and those of them that do not answer the others.';
    return [{ name: PROCESSES_METRIC, help, type: 'gauge', aggregator: 'sum', values }] as unknown as MetricsData;
  };

  const start = async (): Promise<Serving> => {
    const worker = cluster.fork({ [PROCESS_VARIABLE]: String(++started) });
    const serves = new Promise<Serving>((resolve, reject) => {
      const channel = openChannel<FromPrimary, FromServing>(worker, {
        serving(what) {
          member.serves = true;
          failures = 0;
          const kill = (): void => void worker.process.kill('SIGKILL');
          const hear = async (): Promise<void> => totals.heard(member, await channel.ask('counted', undefined));
          pulse.watch(member, { pid: worker.process.pid, ask: hear, end: kill });
          resolve(what);
          return allServe;
        },
        failed: (why) => reject(fromMessage(why)),
        unloaded: () => [...unloaded],
        change,
        metrics,
        hit,
      });
      const member: Member = { worker, channel, serves: false };
      members.add(member);
      totals.started(member);
      handBack(worker);
      const gone = (how: string): void => {
        if (!members.delete(member)) return;
        totals.ended(member);
        pulse.forget(member);
        reject(new SennError('unavailable', `serve: a process ended (${how}) before it took requests`, { how }));
        if (member.serves && !closing) replace(how);
      };
      worker.once('exit', (code, signal) => gone(signal ?? `exit code ${code}`));
      worker.on('error', ({ message }) => {
        if (worker.process.pid === undefined) gone(message); // it could not be started
      });
    });
    starting.add(serves);
    const done = (): void => void starting.delete(serves);
    serves.then(done, done);
    return serves;
  };

  const replace = (how: string): void => {
    const pause = Math.min(LONGEST_PAUSE, PAUSE * 2 ** failures);
    logger.error({ how, pause }, 'a process of the server has ended; another takes its place');
    const timer = setTimeout(() => {
      timers.delete(timer);
      failures += 1;
      start().catch((error: Error) => {
        if (!closing) replace(error.message);
      });
    }, pause);
    timers.add(timer);
  };

  const ended = ({ worker }: Member): Promise<void> =>
    worker.isDead() ? Promise.resolve() : new Promise((resolve) => worker.once('exit', () => resolve()));
  const stopReplacing = (): void => {
    closing = true;
    pulse.close();
    for (const timer of timers) clearTimeout(timer);
  };
  const close = async (): Promise<void> => {
    stopReplacing();
    const all = [...members];
    for (const member of all) {
      const { channel, worker, serves } = member;
      // one that is starting may not hear a question yet, and has no request to finish
      if (serves && !pulse.isSilent(member)) channel.ask('end', undefined).catch(() => undefined);
      else worker.process.kill('SIGKILL');
    }
    await Promise.all(all.map(ended));
  };
  const kill = (): void => {
    stopReplacing();
    for (const { worker } of members) worker.process.kill('SIGKILL');
  };

  try {
    const first = await start(); // the first one alone: what keeps it from starting is reported once, and not by each
    await Promise.all(Array.from({ length: processes - 1 }, start));
    sayAllServe();
    return { serving: first, close, kill };
  } catch (error) {
    await close();
    throw error;
  }
}
