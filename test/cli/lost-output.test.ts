import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { root } from '../serve/fixtures.ts';

/** Commands whose output has nowhere to go. */

const senn = (...args: string[]) => [join(root, 'bin', 'senn.js'), ...args];

/** @returns the exit code, and what standard error says */
async function intoFullDisk(...args: string[]): Promise<readonly [number | null, string]> {
  const full = openSync('/dev/full', 'w');
  const child = spawn(process.execPath, senn(...args), { stdio: ['ignore', full, 'pipe'] });
  closeSync(full);
  const [said, [code]] = await Promise.all([text(child.stderr as NodeJS.ReadableStream), once(child, 'exit')]);
  return [code as number | null, said];
}

describe('a full disk under standard output', () => {
  it.each([[['kinds']], [['kinds', '--json']], [['train', '--config', 'configs/compas-senn.json', '--print-config']]])(
    'makes the command fail, in a line: %j',
    async (args) => {
      const [code, said] = await intoFullDisk(
        ...args.map((arg) => (arg.startsWith('configs/') ? join(root, arg) : arg)),
      );
      expect([code, said]).toEqual([2, expect.stringMatching(/standard output: cannot be written \(ENOSPC\).*\n$/)]);
      expect(said.trim().split('\n')).toHaveLength(1);
    },
  );
});

it('a reader that has gone is no failure', async () => {
  const child = spawn(process.execPath, senn('kinds', '--json'), { stdio: ['ignore', 'pipe', 'pipe'] });
  child.stdout.destroy();
  expect(await Promise.all([text(child.stderr), once(child, 'exit')])).toEqual(['', [0, null]]);
});
