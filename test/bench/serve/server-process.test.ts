import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { cpuSecondsOf, residentBytesOf } from '../../../bench/serve/servers/processes.ts';
import { startServer } from '../../../bench/serve/servers/server-process.ts';

/** A server that is a line of JavaScript, and is ready at its first line of output. */
const start = (script: string) =>
  startServer({
    name: 'a server',
    command: [process.execPath, '-e', script],
    cwd: '/',
    environment: { WORD: 'hello' },
    ready: async ({ stdout }, signal) => {
      const [line] = await once(createInterface({ input: stdout as NodeJS.ReadableStream }), 'line', { signal });
      return line as string;
    },
  });

/** Whether it runs; what has ended may still wait for its parent to hear of it. */
function alive(pid: number): boolean {
  const { stdout } = spawnSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' });
  return stdout.trim() !== '' && !stdout.startsWith('Z');
}

describe('startServer', () => {
  afterEach(() => void vi.unstubAllEnvs());

  it('gives the address, sets the environment, and ends the whole group', async () => {
    vi.stubEnv('SENN_FASTAPI', 'python');
    const grandchild = "require('child_process').spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60000)'])";
    const server = await start(
      `console.log(process.env.WORD + process.env.SENN_FASTAPI + ' ' + ${grandchild}.pid); setTimeout(() => {}, 60000)`,
    );
    const [word, pid] = server.url.split(' ');
    expect(word).toBe('helloundefined');
    expect(await server.ended()).toBeUndefined();
    expect(alive(Number(pid))).toBe(true);
    await server.stop();
    await sleep(200);
    expect(alive(server.pid)).toBe(false);
    expect(alive(Number(pid))).toBe(false);
  });

  it('says why a server ended, with its last words', async () => {
    await expect(start('console.error("no models"); process.exit(3)')).rejects.toThrow(
      /^a server: ended with 3\nno models$/,
    );
    const server = await start('console.log("up"); console.error("out of memory"); setTimeout(process.exit, 50, 7)');
    for (let i = 0; i < 100 && (await server.ended()) === undefined; i++) await sleep(100);
    expect(await server.ended()).toBe('a server: ended with 7\nout of memory');
    await server.stop();
  });
});

describe.skipIf(process.platform !== 'linux')('what a process takes', () => {
  it('is counted over its group, and its memory is what it holds', async () => {
    const server = await start(
      'const b = Buffer.alloc(3e8, 1); const end = Date.now() + 500; while (Date.now() < end); console.log(b.length); setTimeout(() => {}, 60000)',
    );
    try {
      expect(await cpuSecondsOf(server.pid)).toBeGreaterThan(0.1);
      expect(await residentBytesOf(server.pid)).toBeGreaterThan(3e8);
    } finally {
      await server.stop();
    }
    expect(await cpuSecondsOf(server.pid)).toBeUndefined();
  });
});
