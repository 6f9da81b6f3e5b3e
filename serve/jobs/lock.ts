import { randomUUID } from 'node:crypto';
import { readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { SennError } from '../../core/errors.ts';

/**
 * One server a folder of jobs: two would run every job twice and write into one journal. A file says who has the folder,
 * and is touched as long as that server lives; what a server left that was killed is taken over.
 */

const FILE = '.lock';

/** Milliseconds between two signs of life, and after which a server of another machine that gives none counts as dead. */
const BEAT = 10_000;
const DEAD = 3 * BEAT;

const holderSchema = z.object({ id: z.string(), pid: z.int(), host: z.string() });
type Holder = z.output<typeof holderSchema>;

export interface LockOptions {
  readonly pid?: number;
  readonly host?: string;
  /** Whether a process of this machine lives. */
  readonly lives?: (pid: number) => boolean;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
}

function processLives(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'; // it lives, as another user's
  }
}

/** Who has the folder, and when a sign of life came last. A file that is torn is nobody's. */
function holderIn(path: string): { readonly holder: Holder; readonly seen: number } | undefined {
  try {
    return { holder: holderSchema.parse(JSON.parse(readFileSync(path, 'utf8'))), seen: statSync(path).mtimeMs };
  } catch {
    return undefined;
  }
}

/**
 * @param folder that is there and can be written
 * @returns gives the folder back
 * @throws invalid_config where another server has it
 */
export function lockFolder(folder: string, options: LockOptions = {}): () => void {
  const { pid = process.pid, host = hostname(), lives = processLives, now = Date.now } = options;
  const path = join(folder, FILE);
  const own: Holder = { id: randomUUID(), pid, host };

  const held = ({ holder, seen }: { readonly holder: Holder; readonly seen: number }): SennError => {
    const ago = Math.max(0, Math.round((now() - seen) / 1000));
    const rule = `a server of another machine is taken to be dead ${DEAD / 1000} s after its last sign of life`;
    const where = holder.host === host ? '' : ` of ${holder.host}, seen ${ago} s ago; ${rule}`;
    const message = `jobs: "${folder}" is in use by the server of process ${holder.pid}${where}`;
    return new SennError('invalid_config', message, { path: folder, pid: holder.pid, host: holder.host });
  };
  const isDead = ({ holder, seen }: { readonly holder: Holder; readonly seen: number }): boolean =>
    holder.host === host ? holder.pid === pid || !lives(holder.pid) : now() - seen > DEAD;

  const write = (): boolean => {
    try {
      writeFileSync(path, JSON.stringify(own), { flag: 'wx' });
      return true;
    } catch {
      return false; // there is one
    }
  };
  /** Moved away and looked at again, so that of two servers that take over at once one finds the other's file. */
  const clear = (): void => {
    const aside = `${path}-${own.id}`;
    const before = holderIn(path);
    if (before !== undefined && !isDead(before)) throw held(before);
    try {
      renameSync(path, aside);
    } catch {
      return; // another server was quicker
    }
    const moved = holderIn(aside);
    if (moved !== undefined && moved.holder.id !== before?.holder.id) {
      renameSync(aside, path);
      throw held(moved);
    }
    rmSync(aside, { force: true });
  };
  if (!write()) {
    clear();
    if (!write()) throw held(holderIn(path) ?? { holder: own, seen: now() });
  }
  const beat = setInterval(() => {
    try {
      utimesSync(path, new Date(), new Date());
    } catch {} // somebody has removed it
  }, BEAT).unref();
  return () => {
    clearInterval(beat);
    if (holderIn(path)?.holder.id === own.id) rmSync(path, { force: true });
  };
}
