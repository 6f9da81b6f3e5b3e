import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, it, vi } from 'vitest';
import { watchMemory } from '../../../../serve/jobs/score/memory.ts';

/** A process that takes as much memory as it is told, and one that does not. */

const MIB = 1024 ** 2;
const taking = (bytes: number) =>
  spawn(process.execPath, ['-e', `const held = Buffer.alloc(${bytes}, 1); setInterval(() => held, 1000)`], {
    stdio: 'ignore',
  });

it('tells of a process that takes more than it may, once, and of no other', async () => {
  const [large, small] = [taking(400 * MIB), taking(MIB)];
  const [told, other] = [vi.fn(), vi.fn()];
  const ends = [watchMemory(large.pid as number, 300 * MIB, told), watchMemory(small.pid as number, 300 * MIB, other)];
  await vi.waitFor(() => expect(told).toHaveBeenCalled(), 20_000);
  await new Promise((resolve) => setTimeout(resolve, 600));
  expect(told).toHaveBeenCalledTimes(1);
  expect(other).not.toHaveBeenCalled();
  for (const end of ends) end();
  for (const child of [large, small]) {
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  }
});
