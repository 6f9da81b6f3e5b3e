import { randomUUID } from 'node:crypto';
import { readFileSync, readlinkSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { SennError } from '../../core/errors.ts';

/**
 * One server a folder of jobs: two would run every job twice and write into one journal. A file says who has the folder,
 * and is touched as long as that server lives; what a server left that was killed is taken over.
 *
 * Whether a process lives can be asked only where its number means the same: two containers may have the same host name,
 * and each is process 1 of its own. So a number counts together with the boot and the process namespace that it is of. Of
 * all others a server that gives no sign of life, for as long as one looks on, is dead; no clock but one's own is read.
 */

const FILE = '.lock';

/** Milliseconds between two signs of life, and after which a server that gives none counts as dead. */
const BEAT = 10_000;
const DEAD = 3 * BEAT;
/** Milliseconds between looks for one. */
const LOOK = 500;

/** Where a process runs, so that another can ask after it. */
interface Place {
  readonly pid: number;
  readonly host: string;
  /** In which its number is its own: boot and namespace. None where the system tells none. */
  readonly space?: string | undefined;
  /** When it began, since numbers are given again. */
  readonly began?: string | undefined;
}

const holderSchema = z.object({
  id: z.string(),
  pid: z.int(),
  host: z.string(),
  space: z.string().optional(),
  began: z.string().optional(),
});
type Holder = z.output<typeof holderSchema>;

export interface LockOptions {
  readonly place?: Place;
  /** Whether a process lives that is in this one's namespace. */
  readonly lives?: (process: Place) => boolean;
  /** Told once it must be waited for. */
  readonly onWait?: (rule: string) => void;
  /** Told when another server has taken the folder over, since this one was halted for so long. */
  readonly onLost?: () => void;
  /** Milliseconds. */
  readonly beat?: number;
}

/** The 22nd field of what Linux tells of a process; its name, the second, may hold anything up to the last bracket. */
function beganAt(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    return undefined;
  }
}

function spaceOfProcesses(): string | undefined {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    return `${boot} ${readlinkSync('/proc/self/ns/pid')}`;
  } catch {
    return undefined;
  }
}

const ownPlace = (): Place => ({
  pid: process.pid,
  host: hostname(),
  space: spaceOfProcesses(),
  began: beganAt(process.pid),
});

function processLives({ pid, began }: Place): boolean {
  if (began !== undefined) return beganAt(pid) === began;
  try {
    process.kill(pid, 0);
    return pid !== process.pid; // that of another, before this one had its number
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'; // it lives, as another user's
  }
}

/** What there is of a lock; a file that is torn, or is being written, has no holder. */
interface Found {
  readonly holder: Holder | undefined;
  /** Another one at each sign of life. */
  readonly sign: string;
}

function foundIn(path: string): Found | undefined {
  let text: string;
  let seen: number;
  try {
    text = readFileSync(path, 'utf8');
    seen = statSync(path).mtimeMs;
  } catch {
    return undefined;
  }
  try {
    return { holder: holderSchema.parse(JSON.parse(text)), sign: `${text} ${seen}` };
  } catch {
    return { holder: undefined, sign: `${text} ${seen}` };
  }
}

/**
 * @param folder that is there and can be written
 * @returns gives the folder back
 * @throws invalid_config where another server has it, as soon as that is certain
 */
export async function lockFolder(folder: string, options: LockOptions = {}): Promise<() => void> {
  const { place = ownPlace(), lives = processLives, onWait, onLost, beat = BEAT } = options;
  const dead = beat * (DEAD / BEAT);
  const path = join(folder, FILE);
  const own: Holder = { id: randomUUID(), ...place };

  const held = ({ pid, host }: Place, rule: string): SennError =>
    new SennError('invalid_config', `jobs: "${folder}" is in use by the server of process ${pid}${rule}`, {
      path: folder,
      pid,
      host,
    });
  const isNear = ({ space, host }: Holder): boolean =>
    space === undefined && place.space === undefined ? host === place.host : space === place.space;

  const write = (): boolean => {
    try {
      writeFileSync(path, JSON.stringify(own), { flag: 'wx' });
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
      throw new SennError('invalid_config', `jobs: "${folder}" cannot be written`, { path: folder }, error);
    }
  };
  /** Moved away and looked at again, so that of two servers that take over at once one finds the other's file. */
  const clear = ({ holder }: Found): void => {
    const aside = `${path}-${own.id}`;
    try {
      renameSync(path, aside);
    } catch {
      return; // another server was quicker
    }
    const moved = foundIn(aside)?.holder;
    if (moved !== undefined && moved.id !== holder?.id) {
      renameSync(aside, path);
      throw held(moved, '');
    }
    rmSync(aside, { force: true });
  };
  /** Looks on until it is certain whether whoever has the folder lives. @throws invalid_config where it does */
  const waitFor = async (found: Found): Promise<void> => {
    const { holder } = found;
    if (holder !== undefined && isNear(holder)) {
      if (lives(holder)) throw held(holder, '');
      return;
    }
    const where =
      holder === undefined ? 'nobody can be read in its lock' : `process ${holder.pid} of ${holder.host} had it`;
    onWait?.(`jobs: "${folder}": ${where}; it is taken over after ${dead / 1000} s without a sign of life`);
    for (const since = performance.now(); performance.now() - since < dead; ) {
      await sleep(Math.min(LOOK, beat / 4));
      const now = foundIn(path);
      if (now === undefined) return; // given back
      if (now.sign === found.sign) continue;
      if (now.holder === undefined) return waitFor(now);
      throw held(now.holder, ` of ${now.holder.host}, which gives signs of life`);
    }
  };
  while (!write()) {
    const found = foundIn(path);
    if (found === undefined) continue; // just given back
    await waitFor(found);
    if (foundIn(path)?.sign === found.sign) clear(found);
  }
  const beating = setInterval(() => {
    if (foundIn(path)?.holder?.id === own.id) {
      utimesSync(path, new Date(), new Date());
      return;
    }
    clearInterval(beating);
    onLost?.();
  }, beat).unref();
  return () => {
    clearInterval(beating);
    if (foundIn(path)?.holder?.id === own.id) rmSync(path, { force: true });
  };
}
