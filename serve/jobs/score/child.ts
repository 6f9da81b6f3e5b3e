import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { constants, setPriority } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { type ErrorCode, SennError } from '../../../core/errors.ts';
import { packageInfo } from '../../package-info.ts';
import { jobFailureSchema } from '../queue.ts';
import { watchMemory } from './memory.ts';

/**
 * `senn score` in a process of its own, of low priority: the processor is its only where no prediction wants it, and what it
 * does to its memory happens to it alone. Whoever is killed in the midst of it goes on by its journal.
 */

export interface ScoreRun {
  /** The folder of the job: its `model`, its input, and then its `report`. */
  readonly folder: string;
  /** Nobody can guess it, so that a process with it among its arguments is the job's. */
  readonly id: string;
  /** Arguments besides, as `['--seed', '1']`; paths in them are from the folder on. */
  readonly args: readonly string[];
  readonly threads: number;
  /** Inputs at most. */
  readonly most: number;
  /** Of its process, in RAM. */
  readonly memoryBytes: number;
  /** Milliseconds that it may take. */
  readonly timeMs: number;
  /** A job's is the lowest; somebody waits for a small set. */
  readonly priority: keyof typeof priorities;
  readonly signal: AbortSignal;
  readonly progress?: (done: number, total: number, stage: string) => void;
}

const { PRIORITY_LOW, PRIORITY_BELOW_NORMAL } = constants.priority;
const priorities = { lowest: PRIORITY_LOW, low: PRIORITY_BELOW_NORMAL };

/** The report's folder within that of the job. */
export const REPORT = 'report';
/** The model's folder within that of the job. */
export const MODEL = 'model';
const PID = 'pid';

/** Characters of the child's errors that are kept, from the last on. */
const MOST_TEXT = 64 * 1024;

const progressSchema = z.object({ stage: z.string(), done: z.number(), total: z.number() });
const errorSchema = z.object({ error: jobFailureSchema.strip() });

/** Errors about what the client has sent; any other is told to the log alone. */
const tellable: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'invalid_config',
  'missing_data',
  'unsupported_input',
  'payload_too_large',
  'inference_failed',
]);

/** What the child says on standard error: with `--json` its last line that is an error. */
function failureIn(text: string): Error {
  for (const line of text.trimEnd().split('\n').toReversed()) {
    if (!line.startsWith('{')) continue;
    try {
      const { code, message, details } = errorSchema.parse(JSON.parse(line)).error;
      return tellable.has(code) ? new SennError(code, message, details) : new Error(`${code}: ${message}`);
    } catch {} // some other line
  }
  return new Error(`senn score: ${text.trim().slice(-1000) || 'ended without a word'}`);
}

const tooMuchMemory = (most: number): SennError =>
  new SennError(
    'payload_too_large',
    `score: needs more than ${most} bytes of memory; fewer inputs, metrics, or inputs a batch need less`,
    { most },
  );

/** What V8 says, on its own, of a heap that is full. */
const HEAP_FULL = /JavaScript heap out of memory|ERR_WORKER_OUT_OF_MEMORY/;

/** The arguments of a process of this machine. @returns `''` where there is none, or nobody can tell */
function argumentsOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {}
  try {
    return execFileSync('ps', ['-ww', '-o', 'args=', '-p', String(pid)], { encoding: 'utf8', stdio: 'pipe' });
  } catch {
    return '';
  }
}

/**
 * Ends the process that an earlier server, which was killed, has left at work in the folder: it ends by itself once it
 * notices, and until then two would write into one journal.
 */
async function endOrphan(folder: string, id: string): Promise<void> {
  let pid: number;
  try {
    pid = Number(readFileSync(join(folder, PID), 'utf8'));
  } catch {
    return;
  }
  if (!Number.isInteger(pid) || pid <= 1) return;
  while (argumentsOf(pid).includes(id)) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {} // it has just ended
    await sleep(20);
  }
}

/** At once, before it starts threads: they get the priority of whoever starts them. */
function lower({ pid }: ChildProcess, priority: ScoreRun['priority']): void {
  try {
    if (pid !== undefined) setPriority(pid, priorities[priority]);
  } catch {} // it has ended already, or the system has no priorities: it runs all the same
}

/**
 * Resolves when the report is there.
 * @throws what the command fails with; timeout; payload_too_large of one that takes too much memory; when the signal aborts, once the process has ended
 */
export async function runScore(run: ScoreRun): Promise<void> {
  const { folder, id, args, threads, most, memoryBytes, timeMs, priority, signal, progress } = run;
  await endOrphan(folder, id);
  signal.throwIfAborted();
  const fixed = ['--model', MODEL, '--out', REPORT, '--per-input-format', 'csv', '--resume', '--json'];
  const bounds = ['--threads', String(threads), '--most', String(most), '--job', id];
  const script = join(packageInfo().root, 'bin', 'senn.js');
  const heap = `--max-old-space-size=${Math.floor(memoryBytes / 1024 ** 2)}`;
  const child = spawn(process.execPath, [heap, script, 'score', ...fixed, ...bounds, ...args], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    env: { ...process.env, SENN_API_KEYS: undefined, SENN_ADMIN_KEYS: undefined },
    windowsHide: true,
  });
  lower(child, priority);
  if (child.pid !== undefined) writeFileSync(join(folder, PID), String(child.pid));
  let text = '';
  child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
    text = (text + chunk).slice(-MOST_TEXT);
  });
  child.on('message', (message) => {
    const { data } = progressSchema.safeParse(message);
    if (data !== undefined) progress?.(data.done, data.total, data.stage);
  });
  let ended: SennError | undefined;
  const kill = (): void => {
    child.kill('SIGKILL');
  };
  const endFor = (reason: SennError) => (): void => {
    ended ??= reason;
    kill();
  };
  const timer = setTimeout(endFor(new SennError('timeout', `score: not done within ${timeMs} ms`, { timeMs })), timeMs);
  const unwatch = watchMemory(child.pid ?? 0, memoryBytes, endFor(tooMuchMemory(memoryBytes)));
  signal.addEventListener('abort', kill, { once: true });
  try {
    const code = await new Promise<number | null>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', resolve);
    });
    signal.throwIfAborted();
    if (ended !== undefined) throw ended;
    if (code !== 0) throw HEAP_FULL.test(text) ? tooMuchMemory(memoryBytes) : failureIn(text);
  } finally {
    clearTimeout(timer);
    unwatch();
    signal.removeEventListener('abort', kill);
  }
}
