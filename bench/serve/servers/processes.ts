import { readdir, readFile } from 'node:fs/promises';
import { residentBytesOf as residentOf } from '../../../serve/jobs/score/memory.ts';

/** What other processes take of the machine, as Linux tells it in /proc. */

/** Clock ticks a second of the times in /proc/PID/stat: 100 on every Linux that Node runs on. */
const TICKS = 100;

/** Fields of /proc/PID/stat after the name, which may hold spaces: state, parent, group, …. */
const statOf = async (pid: string): Promise<string[] | undefined> => {
  const text = await readFile(`/proc/${pid}/stat`, 'latin1').catch(() => undefined);
  return text?.slice(text.lastIndexOf(')') + 2).split(' ');
};

/** Seconds of CPU that the living processes of a group have taken until now; `undefined` where there is no /proc. */
export async function cpuSecondsOf(group: number): Promise<number | undefined> {
  const names = await readdir('/proc').catch(() => []);
  const stats = await Promise.all(names.filter((name) => /^\d+$/.test(name)).map(statOf));
  const times = stats.flatMap((fields) =>
    fields !== undefined && Number(fields[2]) === group ? [Number(fields[11]) + Number(fields[12])] : [],
  );
  return times.length === 0 ? undefined : times.reduce((sum, time) => sum + time, 0) / TICKS;
}

/** Seconds of CPU that one process has taken until now; `undefined` where there is no /proc, or it has ended. */
export async function cpuSecondsOfProcess(pid: number): Promise<number | undefined> {
  const fields = await statOf(String(pid));
  return fields && (Number(fields[11]) + Number(fields[12])) / TICKS;
}

/** Memory of a process that is in RAM, in bytes. @throws where the process has ended */
export async function residentBytesOf(pid: number): Promise<number> {
  const bytes = await residentOf(pid);
  if (bytes === undefined) throw new Error(`process ${pid} has ended`);
  return bytes;
}

/** SIGINT and SIGTERM end this process as `process.exit` does, so that those it started are ended with it. */
export function exitOnSignals(): void {
  process.once('SIGINT', () => process.exit(130));
  process.once('SIGTERM', () => process.exit(143));
}

/** Ends a process group at once; one that has ended is left alone. */
export function killGroup(group: number): void {
  try {
    process.kill(-group, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
