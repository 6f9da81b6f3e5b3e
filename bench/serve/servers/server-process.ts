import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdtempSync, openSync } from 'node:fs';
import { readFile, rm, stat, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { killGroup } from './processes.ts';

/** A server in a process group of its own. */
export interface ServerProcess {
  readonly name: string;
  readonly url: string;
  /** Of its first process, and of the group. */
  readonly pid: number;
  /** Why it is no longer there, with its last words; `undefined` while it runs. */
  ended(): Promise<string | undefined>;
  /** Asks it to end, waits, and ends what is left of the group. */
  stop(): Promise<void>;
}

export interface ServerCommand {
  readonly name: string;
  readonly command: readonly [file: string, ...args: string[]];
  readonly cwd: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Resolves to the server's address once it answers; told when to give it up. */
  readonly ready: (child: ChildProcess, signal: AbortSignal) => Promise<string>;
}

const START_SECONDS = 60;
const STOP_SECONDS = 15;
/** A log beyond this is begun anew. */
const LOG_BYTES = 16 * 1024 * 1024;
const LOG_LINES = 8;

/** Without what the caller's shell tells programs of this project: a server is configured here alone. */
const inherited = (environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(environment).filter(([name]) => !name.startsWith('SENN_')));

/** Starts a server whose log goes to a file, as in production. @throws where it ends or does not answer in time */
export async function startServer({ name, command, cwd, environment, ready }: ServerCommand): Promise<ServerProcess> {
  const folder = mkdtempSync(join(tmpdir(), 'senn-bench-serve-'));
  const log = join(folder, 'log');
  const descriptor = openSync(log, 'a');
  const [file, ...args] = command;
  const child = spawn(file, args, {
    cwd,
    env: { ...inherited(process.env), ...environment },
    stdio: ['ignore', 'pipe', descriptor],
    detached: true,
  });
  closeSync(descriptor);
  const pid = child.pid ?? 0;
  const kill = () => {
    if (pid > 0) killGroup(pid);
  };
  process.once('exit', kill);
  const shorten = setInterval(() => {
    stat(log).then(
      ({ size }) => (size > LOG_BYTES ? truncate(log) : undefined),
      () => {},
    );
  }, 1000).unref();
  const exited = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(`does not start: ${error.message}`));
    child.once('exit', (code, signal) => resolve(`ended with ${code ?? signal}`));
  });
  const lastWords = async (reason: string): Promise<string> => {
    const lines = (await readFile(log, 'utf8').catch(() => '')).trimEnd().split('\n').slice(-LOG_LINES);
    return [`${name}: ${reason}`, ...lines].join('\n');
  };
  let reason: string | undefined;
  exited.then((why) => {
    reason = why;
  });
  const stop = async (): Promise<void> => {
    if (reason === undefined) child.kill('SIGTERM');
    await Promise.race([exited, later(STOP_SECONDS)]);
    kill();
    process.off('exit', kill);
    clearInterval(shorten);
    await rm(folder, { recursive: true, force: true });
  };

  const giveUp = new AbortController();
  try {
    const url = await Promise.race([
      ready(child, giveUp.signal),
      exited.then(async (why) => {
        throw new Error(await lastWords(why));
      }),
      later(START_SECONDS).then(async () => {
        throw new Error(await lastWords(`gives no answer after ${START_SECONDS} s`));
      }),
    ]);
    child.stdout?.resume();
    return { name, url, pid, ended: async () => (reason === undefined ? undefined : lastWords(reason)), stop };
  } catch (error) {
    await stop();
    throw error;
  } finally {
    giveUp.abort();
  }
}

const later = (seconds: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, 1000 * seconds).unref();
  });
