import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { cpuSecondsOf, killGroup } from '../servers/processes.ts';
import { type Load, type LoadReport, loadReportSchema } from './protocol.ts';

/** The programs that post the requests (wrk or autocannon), and how one is run and its report read. */

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

type CommandLine = readonly [file: string, ...args: string[]];

/**
 * What can make the load, each in a process of its own. wrk, in C, leaves more of the cores to the servers; it must be
 * installed. autocannon comes with npm.
 */
export const generators = {
  wrk: ({ url, connections, seconds, bodies: { folder, count } }) => {
    const how = ['-t1', `-c${connections}`, `-d${seconds}s`, '--timeout', '30s', '-s', here('wrk.lua')];
    return ['wrk', ...how, url, '--', folder, String(count)];
  },
  autocannon: ({ url, connections, seconds, bodies: { folder, count } }) => {
    const args = [url, String(connections), String(seconds), folder, String(count)];
    return [process.execPath, '--import', 'tsx', here('autocannon-child.ts'), ...args];
  },
} as const satisfies Record<string, (load: Load) => CommandLine>;

export type Generator = keyof typeof generators;
export const generatorNames = Object.keys(generators) as Generator[];

/** Whether wrk is installed: without arguments it prints its usage. */
export function hasWrk(): Promise<boolean> {
  return new Promise((resolve) => {
    const child = spawn('wrk', { stdio: 'ignore' });
    child.once('error', () => resolve(false));
    child.once('exit', () => resolve(true));
  });
}

export interface Loaded extends LoadReport {
  /** Cores that the generator kept busy; `null` where there is no /proc. */
  readonly generatorCores: number | null;
}

/** Milliseconds between two looks at the time that the generator took: the last before its end counts. */
const LOOK = 100;
/** Seconds beyond the load's own after which a generator is given up. */
const PATIENCE = 60;

/** Makes a load. @throws where the generator fails or an answer is not 2xx */
export async function makeLoad(generator: Generator, load: Load): Promise<Loaded> {
  const [file, ...args] = generators[generator](load);
  const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  const group = child.pid ?? 0;
  const kill = () => {
    if (group > 0) killGroup(group);
  };
  process.once('exit', kill);
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  let watched: number | undefined;
  const look = setInterval(async () => {
    watched = (await cpuSecondsOf(group)) ?? watched;
  }, LOOK);
  const patience = setTimeout(kill, 1000 * (load.seconds + PATIENCE));
  try {
    const status = await new Promise<number | string>((resolve, reject) => {
      child.once('error', (cause) => reject(new Error(`${file} does not start`, { cause })));
      child.once('close', (code, signal) => resolve(code ?? (signal as string)));
    });
    const line = stdout.trimEnd().split('\n').at(-1) ?? '';
    if (status !== 0) throw new Error(`${generator}: ended with ${status}\n${stderr.trimEnd()}`);
    const report = loadReportSchema.parse(JSON.parse(line));
    if (report.errors > 0 || report.requests === 0) {
      throw new Error(`${load.url}: ${report.errors} requests without a 2xx, ${report.requests} answers`);
    }
    const busy = report.cpuSeconds ?? watched;
    return { ...report, generatorCores: busy === undefined ? null : busy / report.seconds };
  } finally {
    clearInterval(look);
    clearTimeout(patience);
    process.off('exit', kill);
  }
}
