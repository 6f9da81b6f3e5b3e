import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type LockOptions, lockFolder } from '../../../serve/jobs/lock.ts';

/** Two servers, and one folder of jobs. */

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'senn-lock-'));
});
afterEach(() => rm(folder, { recursive: true }));

const alive = (): boolean => true;
const lock = (pid: number, options: LockOptions = {}) =>
  lockFolder(folder, { pid, host: 'here', lives: alive, ...options });

it('is the first one’s until that gives it back', () => {
  const unlock = lock(100);
  expect(() => lock(200)).toThrow(/is in use by the server of process 100$/);
  unlock();
  expect(readdirSync(folder)).toEqual([]);
  lock(200)();
});

it('is taken over from a process that has ended, which then gives nothing back', () => {
  const first = lock(100);
  const second = lock(200, { lives: (pid) => pid !== 100 });
  first();
  expect(existsSync(join(folder, '.lock'))).toBe(true);
  expect(() => lock(300)).toThrow(/process 200$/);
  second();
});

it('is taken over from a server of another machine that has given no sign of life for 30 s', () => {
  const unlock = lock(100, { host: 'there' });
  const now = Date.now();
  utimesSync(join(folder, '.lock'), new Date(now), new Date(now));
  const dead = (): boolean => false;
  expect(() => lock(100, { lives: dead, now: () => now + 29_000 })).toThrow(/process 100 of there, seen 29 s ago/);
  lock(100, { now: () => now + 31_000 })();
  unlock();
});

it('is nobody’s where the file is torn', () => {
  writeFileSync(join(folder, '.lock'), '{"id":');
  lock(100)();
});

it('knows a living process from one that has ended', async () => {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
  const ended = once(child, 'exit');
  lockFolder(folder, { pid: child.pid as number });
  expect(() => lockFolder(folder)).toThrow(`process ${child.pid}`);
  child.kill('SIGKILL');
  await ended;
  lockFolder(folder)();
});
