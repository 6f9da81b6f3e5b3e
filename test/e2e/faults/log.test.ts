import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, it, vi } from 'vitest';
import { freePort } from '../../../bench/serve/servers/free-port.ts';
import { modelsDirectory, root } from '../../serve/fixtures.ts';

/** A log that cannot be written: the server becomes ready, answers and ends as if it could. */

let child: ChildProcess | undefined;
afterEach(() => void child?.kill('SIGKILL'));

it.each([['1'], ['2']])('a full disk under stdout and stderr, with %s processes', async (processes) => {
  const port = await freePort();
  const full = openSync('/dev/full', 'w');
  const flags = ['--models', modelsDirectory, '--port', String(port), '--providers', 'cpu', '--processes', processes];
  child = spawn(process.execPath, [join(root, 'bin', 'senn.js'), 'serve', ...flags], {
    stdio: ['ignore', full, full],
  });
  closeSync(full);
  const url = `http://127.0.0.1:${port}`;
  await vi.waitFor(async () => expect((await fetch(`${url}/health/ready`)).status).toBe(200), { timeout: 60_000 });
  for (let i = 0; i < 50; i++) expect((await fetch(`${url}/models`)).status).toBe(200);
  expect(await (await fetch(`${url}/health/live`)).json()).toEqual({ status: 'live' });
  const metrics = await (await fetch(`${url}/metrics`)).text();
  expect(Number(/^senn_log_lines_dropped_total (\d+)$/m.exec(metrics)?.[1])).toBeGreaterThan(50);
  const started = performance.now();
  child.kill('SIGTERM');
  expect(await once(child, 'exit')).toEqual([0, null]);
  expect(performance.now() - started).toBeLessThan(5000);
});
