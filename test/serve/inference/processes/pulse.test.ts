import { pino } from 'pino';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { type Pulse, startPulse } from '../../../../serve/inference/processes/pulse.ts';

/** Processes that are asked every second whether they are there. */

let pulse: Pulse<string>;
let lines: string[];
let asked: string[];
let ended: string[];
/** Of the processes that answer nothing: what gives the answer at last. */
let stopped: Map<string, () => void>;
/** Names that answer nothing from now on. */
let mute: Set<string>;

beforeEach(() => {
  vi.useFakeTimers();
  [lines, asked, ended, stopped, mute] = [[], [], [], new Map(), new Set()];
  pulse = startPulse(pino({ base: null }, { write: (line: string) => void lines.push(JSON.parse(line).msg) }));
  for (const name of ['a', 'b']) {
    pulse.watch(name, {
      pid: 1,
      ask: () => {
        asked.push(name);
        return mute.has(name) ? new Promise<void>((resolve) => stopped.set(name, resolve)) : Promise.resolve();
      },
      end: () => void ended.push(name),
    });
  }
});
afterEach(() => {
  pulse.close();
  vi.useRealTimers();
});

const seconds = (count: number) => vi.advanceTimersByTimeAsync(1000 * count);

it('nothing is said of processes that answer', async () => {
  await seconds(100);
  expect([pulse.silent(), lines, ended]).toEqual([0, [], []]);
  expect(asked).toHaveLength(200);
});

it('one that does not answer is silent after ten seconds, asked no further, and ended after a minute', async () => {
  mute.add('b');
  await seconds(9);
  expect(pulse.silent()).toBe(0);
  await seconds(1);
  expect([pulse.isSilent('a'), pulse.isSilent('b'), pulse.silent()]).toEqual([false, true, 1]);
  expect(lines).toEqual(['a process of the server does not answer']);
  await seconds(49);
  expect(ended).toEqual([]);
  await seconds(100);
  expect(ended).toEqual(['b']);
  expect(asked.filter((name) => name === 'b')).toHaveLength(1);
});

it('one that wakes up is one of them again', async () => {
  mute.add('b');
  await seconds(20);
  mute.delete('b');
  stopped.get('b')?.();
  await seconds(100);
  expect([pulse.silent(), ended]).toEqual([0, []]);
  expect(lines.at(-1)).toBe('a process of the server answers again');
});

it('work is waited for as long as its process is not silent', async () => {
  expect(await pulse.unlessSilent('a', Promise.resolve(3))).toBe(3);
  await expect(pulse.unlessSilent('a', Promise.reject(new Error('its own')))).rejects.toThrow('its own');
  mute.add('b');
  const never = new Promise<number>(() => {});
  const waiting = vi.fn();
  pulse.unlessSilent('b', never).then(waiting);
  await seconds(9);
  expect(waiting).not.toHaveBeenCalled();
  await seconds(1);
  expect(waiting).toHaveBeenCalledExactlyOnceWith(undefined);
  expect(await pulse.unlessSilent('b', never)).toBeUndefined(); // at once
  expect(await pulse.unlessSilent('b', Promise.reject(new Error('nobody waits for it')))).toBeUndefined();
});

it('one that has ended is forgotten', async () => {
  mute.add('b');
  await seconds(5);
  const work = pulse.unlessSilent('b', new Promise(() => {}));
  pulse.forget('b');
  expect(await work).toBeUndefined();
  await seconds(100);
  expect([pulse.silent(), ended]).toEqual([0, []]);
});
