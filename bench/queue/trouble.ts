import { type ChildProcess, spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ended, startNetwork, startRedis } from './redis.ts';

/** One scoring job twice: undisturbed in one process, and over a queue whose workers, Redis and network fail. */

const checkout = join(import.meta.dirname, '../..');

export interface Trouble {
  /** `redis-server` or `valkey-server`. */
  readonly program: string;
  /** Folder for both reports. */
  readonly folder: string;
  /** Arguments of `senn score` besides `--out` and `--queue`. */
  readonly job: readonly string[];
  /** How often one of two workers is killed. */
  readonly kills: number;
  /** After which of the kills Redis is killed and started empty, and the network cut; none where absent. */
  readonly restartAfter?: number;
  readonly cutAfter?: number;
  readonly cutSeconds?: number;
  /** In [0, 1), when a worker is killed. */
  readonly random: () => number;
  readonly say?: (line: string) => void;
}

export interface Outcome {
  readonly kills: number;
  readonly restarts: number;
  readonly cuts: number;
  readonly secondsAlone: number;
  readonly secondsQueued: number;
  /** Files of the reports that differ, apart from times. */
  readonly different: readonly string[];
  readonly rows: number;
  /** Standard error of the job over the queue. */
  readonly said: string;
}

function senn(args: readonly string[]): { child: ChildProcess; said: () => string } {
  const child = spawn(process.execPath, [join(checkout, 'bin/senn.js'), ...args], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    said += chunk.toString();
  });
  return { child, said: () => said };
}

async function scored(args: readonly string[]): Promise<number> {
  const start = performance.now();
  const { child, said } = senn(['score', ...args]);
  await ended(child);
  if (child.exitCode !== 0) throw new Error(`senn score ${args.join(' ')} failed: ${said()}`);
  return (performance.now() - start) / 1000;
}

/** A report without what it took. */
async function textOf(folder: string, name: string): Promise<string> {
  const text = await readFile(join(folder, name), 'utf8');
  return name === 'report.json' ? text.replace(/"elapsedSeconds": [\d.]+/, '') : text;
}

/** Seconds in which a worker that has just been started is killed, at the soonest and the latest. */
const SOONEST = 1.5;
const LATEST = 6;

/** @throws where a job fails, or the job is over before all that was to happen has */
export async function trouble(options: Trouble): Promise<Outcome> {
  const { folder, job, kills, restartAfter, cutAfter, cutSeconds = 10, random, say = () => {} } = options;
  const [alone, queued] = [join(folder, 'alone'), join(folder, 'queued')];
  const secondsAlone = await scored([...job, '--out', alone, '--threads', '2']);
  say(`undisturbed: ${secondsAlone.toFixed(0)} s`);
  const redis = await startRedis(options.program);
  const network = await startNetwork(redis.port);
  const queue = `redis://127.0.0.1:${network.port}/0`;
  const startWorker = () => senn(['worker', '--queue', queue, '--threads', '1', '--log-level', 'debug']);
  const first = startWorker();
  const workers = [first.child, startWorker().child];
  const start = performance.now();
  const score = senn(['score', ...job, '--out', queued, '--queue', queue]);
  let done = false;
  const over = ended(score.child).then(() => {
    done = true;
  });
  const happened = { kills: 0, restarts: 0, cuts: 0 };
  try {
    while (!done && !first.said().includes('batch taken')) await Promise.race([over, sleep(100)]);
    while (happened.kills < kills) {
      await Promise.race([over, sleep(1000 * (SOONEST + random() * (LATEST - SOONEST)))]);
      if (done) break;
      const which = happened.kills % 2;
      const worker = workers[which] as ChildProcess;
      worker.kill('SIGKILL');
      await ended(worker);
      workers[which] = startWorker().child;
      happened.kills++;
      say(
        `${((performance.now() - start) / 1000).toFixed(1)} s: worker ${which} killed (${happened.kills} of ${kills})`,
      );
      if (happened.kills === restartAfter) {
        await redis.restart();
        happened.restarts++;
        say('Redis killed and started empty');
      }
      if (happened.kills === cutAfter) {
        await network.cut(1000 * cutSeconds);
        happened.cuts++;
        say(`network cut for ${cutSeconds} s`);
      }
    }
    const tooSoon = done;
    await over;
    const secondsQueued = (performance.now() - start) / 1000;
    if (score.child.exitCode !== 0) throw new Error(`senn score --queue failed: ${score.said()}`);
    if (tooSoon) throw new Error(`the job ended after ${happened.kills} of ${kills} kills; give it more inputs`);
    const names = ['report.json', 'inputs.ndjson', 'report.html'];
    const texts = await Promise.all(names.map((name) => Promise.all([textOf(alone, name), textOf(queued, name)])));
    const different = names.filter((_, i) => texts[i]?.[0] !== texts[i]?.[1]);
    const rows = (texts[1]?.[1] ?? '').trimEnd().split('\n').length;
    return { ...happened, secondsAlone, secondsQueued, different, rows, said: score.said() };
  } finally {
    for (const child of [...workers, score.child]) child.kill('SIGKILL');
    await Promise.all([...workers, score.child].map(ended));
    await network.stop();
    await redis.stop();
  }
}
