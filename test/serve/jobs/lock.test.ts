import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type LockOptions, lockFolder } from '../../../serve/jobs/lock.ts';

/** Two servers, and one folder of jobs. */

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'senn-lock-'));
});
afterEach(() => rm(folder, { recursive: true }));

const lockFile = (): string => join(folder, '.lock');
const alive = (): boolean => true;
const BEAT = 60;
/** @param space of the boot and the process namespace */
const lock = (pid: number, { space = 'a', ...options }: LockOptions & { space?: string } = {}) =>
  lockFolder(folder, { place: { pid, host: 'here', space, began: '1' }, lives: alive, beat: BEAT, ...options });

/** A server that was killed: it has the folder, and gives no sign of life. */
async function killed(pid: number, space?: string): Promise<void> {
  const unlock = await lock(pid, space === undefined ? {} : { space });
  const text = readFileSync(lockFile());
  unlock();
  writeFileSync(lockFile(), text);
}

describe('where a process can be asked after', () => {
  it('is the first one’s until that gives it back', async () => {
    const unlock = await lock(100);
    await expect(lock(200)).rejects.toThrow(/is in use by the server of process 100$/);
    unlock();
    expect(readdirSync(folder)).toEqual([]);
    (await lock(200))();
  });

  it('is taken over at once from a process that has ended, which then gives nothing back', async () => {
    const first = await lock(100);
    const second = await lock(200, { lives: ({ pid }) => pid !== 100 });
    first();
    expect(existsSync(lockFile())).toBe(true);
    await expect(lock(300)).rejects.toThrow(/process 200$/);
    second();
  });

  it('knows a living process from one that has ended, and from a later one of its number', async () => {
    const unlock = await lockFolder(folder);
    await expect(lockFolder(folder)).rejects.toThrow(`process ${process.pid}`);
    const own = JSON.parse(readFileSync(lockFile(), 'utf8'));
    unlock();
    writeFileSync(lockFile(), JSON.stringify({ ...own, began: '7' }));
    if (process.platform === 'linux') (await lockFolder(folder))();
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
    const ended = once(child, 'exit');
    const { began: _, ...place } = own;
    writeFileSync(lockFile(), JSON.stringify({ ...place, pid: child.pid }));
    await expect(lockFolder(folder)).rejects.toThrow(`process ${child.pid}`);
    child.kill('SIGKILL');
    await ended;
    (await lockFolder(folder))();
  });
});

describe('where its number says nothing: process 1 of two containers, of one host name', () => {
  it('is refused to the second while the first gives signs of life', async () => {
    const unlock = await lock(1, { space: 'a' });
    const waited: string[] = [];
    const second = lock(1, { space: 'b', lives: () => false, onWait: (rule) => waited.push(rule) });
    await expect(second).rejects.toThrow('is in use by the server of process 1 of here, which gives signs of life');
    expect(waited).toEqual([
      expect.stringContaining('process 1 of here had it; it is taken over after 0.18 s without'),
    ]);
    unlock();
  });

  it('is taken over when the first has given none for as long as three are due, and not before', async () => {
    await killed(1, 'a');
    const start = performance.now();
    const unlock = await lock(1, { space: 'b' });
    expect(performance.now() - start).toBeGreaterThanOrEqual(3 * BEAT);
    expect(JSON.parse(readFileSync(lockFile(), 'utf8')).space).toBe('b');
    unlock();
  });

  it('is one’s of ten that wait for it', async () => {
    await killed(1, 'dead');
    const all = await Promise.allSettled(Array.from({ length: 10 }, (_, i) => lock(1, { space: `s${i}` })));
    const won = all.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
    expect(won).toHaveLength(1);
    won[0]?.();
    expect(readdirSync(folder)).toEqual([]);
  });

  it('is told to one that was halted for so long that another took it over', async () => {
    const onLost = vi.fn();
    const first = await lock(1, { space: 'a', onLost });
    rmSync(lockFile());
    const second = await lock(1, { space: 'b' });
    await vi.waitFor(() => expect(onLost).toHaveBeenCalledOnce());
    first();
    expect(existsSync(lockFile())).toBe(true);
    second();
  });

  it('is nobody’s where the file stays torn, which may be one that is being written', async () => {
    writeFileSync(lockFile(), '{"id":');
    const start = performance.now();
    (await lock(100))();
    expect(performance.now() - start).toBeGreaterThanOrEqual(3 * BEAT);
  });
});

describe('two processes that both say they are process 1 of one host', () => {
  const children: ChildProcess[] = [];
  afterEach(() => children.splice(0).forEach((child) => void child.kill('SIGKILL')));

  /** Tells what became of its wish for the folder. */
  const start = (space: string) => {
    const module = JSON.stringify(join(import.meta.dirname, '../../../serve/jobs/lock.ts'));
    const place = JSON.stringify({ pid: 1, host: 'worker', space, began: '5' });
    const script = `const { lockFolder } = await import(${module});
      await lockFolder(${JSON.stringify(folder)}, { place: ${place}, beat: 300 }).then(() => console.log('has it'), (error) => console.log(error.message));
      setInterval(() => {}, 1000);`;
    const args = ['--import', 'tsx', '--input-type=module', '-e', script];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    children.push(child);
    const said = once(child.stdout, 'data').then(([text]) => String(text).trim());
    return { child, said };
  };

  it('exclude each other, and the second has it once the first is killed', { timeout: 60_000 }, async () => {
    const first = start('a');
    expect(await first.said).toBe('has it');
    expect(await start('b').said).toContain(
      'is in use by the server of process 1 of worker, which gives signs of life',
    );
    const ended = once(first.child, 'exit');
    first.child.kill('SIGKILL');
    await ended;
    expect(await start('c').said).toBe('has it');
  });
});
