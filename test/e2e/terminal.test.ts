import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, expect, it } from 'vitest';
import { modelsDirectory, root } from '../serve/fixtures.ts';

/** What stands on a terminal when a server starts, and what in a file. */

let child: ChildProcess | undefined;
afterEach(() => void child?.kill('SIGKILL'));

const flags = ['serve', '--models', modelsDirectory, '--port', '0', '--threads', '1'];
const command = [process.execPath, join(root, 'bin', 'senn.js'), ...flags];

/** Everything that was written until the server was ready. */
async function untilReady(program: string, args: readonly string[], ready: RegExp): Promise<string[]> {
  const started = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  child = started;
  const lines: string[] = [];
  const errors = createInterface({ input: started.stderr });
  errors.on('line', (line) => lines.push(line));
  for await (const line of createInterface({ input: started.stdout })) {
    lines.push(line);
    if (ready.test(line)) break;
  }
  return lines;
}

// util-linux: gives a program a terminal
const hasTerminal = spawnSync('script', ['-qec', 'true', '/dev/null']).status === 0;

it.skipIf(!hasTerminal)('on a terminal every line is for people, those of libraries left out', async () => {
  const quoted = command.map((word) => `'${word}'`).join(' ');
  const lines = await untilReady('script', ['-qec', `NO_COLOR=1 exec ${quoted}`, '/dev/null'], /^senn serves/);
  expect(lines.at(-1)).toMatch(/^senn serves .* at http:\/\//);
  for (const line of lines.slice(0, -1)) expect(line).toMatch(/^\[\d\d:\d\d:\d\d\] [A-Z]+: \w/);
  expect(lines.join('\n')).toContain('a model is served model=mnist-disenn');
});

it('elsewhere every line of the log is JSON, with nothing of a library between them', async () => {
  const [program, ...args] = command as [string, ...string[]];
  const lines = await untilReady(program, [...args, '--json'], /"url"/);
  const parsed = lines.map((line) => JSON.parse(line) as { msg?: string; url?: string });
  expect(parsed.at(-1)).toMatchObject({ url: expect.stringContaining('http://') });
  expect(parsed.map(({ msg }) => msg)).toContain('a model is served');
});
