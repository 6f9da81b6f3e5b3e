import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, expect, it, vi } from 'vitest';
import { closesInTime } from '../../../serve/commands/serve/ending.ts';
import { createReadiness, drain, liveRoute, readyRoute } from '../../../serve/http/readiness.ts';
import { root } from '../fixtures.ts';
import { appOf } from './middleware/middleware-app.ts';

describe('readiness', () => {
  it('comes with the start, and goes for good when the server drains', async () => {
    let served = false;
    const readiness = createReadiness(() => (served ? undefined : 'no model is served'));
    const app = await appOf((express) => {
      express.get('/health/live', liveRoute).get('/health/ready', readyRoute(readiness));
    });
    const ready = async () => {
      const answer = await fetch(`${app.url}/health/ready`);
      const body = (await answer.json()) as { error?: { details: { reason: string } } };
      return [answer.status, body.error?.details.reason];
    };
    expect(await ready()).toEqual([503, 'the server is starting']);
    readiness.started();
    expect(await ready()).toEqual([503, 'no model is served']);
    served = true;
    expect(await ready()).toEqual([200, undefined]);
    readiness.drain();
    readiness.started();
    expect(await ready()).toEqual([503, 'the server is draining']);
    expect((await fetch(`${app.url}/health/live`)).status).toBe(200);
    await app.close();
  });

  it('is gone before the server closes, by the delay', async () => {
    const readiness = createReadiness();
    readiness.started();
    const closed = vi.fn(async (_deadlineMs: number) => {});
    const drained = drain({ readiness, close: closed, delayMs: 50, deadlineMs: 123 });
    expect(readiness.state()).toEqual({ ready: false, reason: 'the server is draining' });
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(closed).not.toHaveBeenCalled();
    await drained;
    expect(closed.mock.calls).toEqual([[123]]);
  });
});

/** A process that logs as the server does, and ends as it does. */
async function processOf(script: string) {
  const imports = `
    import { createLogger } from ${JSON.stringify(join(root, 'serve/observe/logger.ts'))};
    import { endSignals } from ${JSON.stringify(join(root, 'serve/commands/serve/signals.ts'))};
    const { logger, flush } = createLogger({ level: 'info' });
    const signals = endSignals();
    setInterval(() => {}, 1000);
    console.log('up');`;
  const path = join(await mkdtemp(join(tmpdir(), 'senn-process-')), 'server.mts');
  await writeFile(path, imports + script);
  const child = spawn(process.execPath, ['--import', 'tsx', path], { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
  child.once('close', () => rm(dirname(path), { recursive: true }));
  let log = '';
  child.stderr.on('data', (chunk: Buffer) => {
    log += chunk.toString();
  });
  await Promise.race([once(createInterface({ input: child.stdout }), 'line'), once(child, 'exit')]);
  return { child, ended: once(child, 'close').then(([code]) => ({ code, log })) };
}

describe('the end of a process', () => {
  it('loses no line of its log on SIGTERM', async () => {
    const { child, ended } = await processOf(`
      signals.first.then(async (signal) => {
        for (let i = 0; i < 20000; i++) logger.info({ i, padding: 'x'.repeat(100) }, 'line');
        logger.info({ signal }, 'closed');
        await flush(10000);
        process.exit(0);
      });`);
    child.kill('SIGTERM');
    const { code, log } = await ended;
    const lines = log.trim().split('\n');
    expect([code, lines.length]).toEqual([0, 20_001]);
    expect(JSON.parse(lines.at(-1) as string)).toMatchObject({ msg: 'closed', signal: 'SIGTERM' });
  });

  it('is forced by a second signal', async () => {
    const { child, ended } = await processOf(`
      signals.first.then(() => logger.info('draining'));
      signals.second.then(async () => { logger.warn('ending at once'); await flush(1000); process.exit(1); });`);
    child.kill('SIGTERM');
    await once(child.stderr, 'data');
    expect(child.exitCode).toBeNull();
    child.kill('SIGINT');
    const { code, log } = await ended;
    expect(code).toBe(1);
    expect(log).toMatch(/draining[\s\S]*ending at once/);
  });

  it('is forced where closing outlives its time, and only then', async () => {
    vi.useFakeTimers();
    try {
      const times = { drainDelayMs: 100, drainTimeoutMs: 1000 };
      const ended = vi.fn();
      closesInTime(() => new Promise(() => {}), times).then(ended);
      await vi.advanceTimersByTimeAsync(6099);
      expect(ended).not.toHaveBeenCalled();
      await vi.advanceTimersByTimeAsync(1);
      expect(ended).toHaveBeenCalledWith(false);
      expect(await closesInTime(async () => {}, times)).toBe(true);
      await expect(closesInTime(() => Promise.reject(new Error('broken')), times)).rejects.toThrow('broken');
      expect(vi.getTimerCount()).toBe(0);
    } finally {
      vi.useRealTimers();
    }
  });

  it('comes by its exit code where nothing hangs', async () => {
    const { child, ended } = await processOf(`
      import { end } from ${JSON.stringify(join(root, 'serve/commands/serve/ending.ts'))};
      signals.first.then((signal) => end(true, 3, signal));`);
    child.kill('SIGTERM');
    expect((await ended).code).toBe(3);
  });

  it.skipIf(process.platform === 'win32').each([true, false])(
    'comes although a thread waits for a disk: free %s',
    async (free) => {
      const { child, ended } = await processOf(`
      import { execFileSync } from 'node:child_process';
      import { open } from 'node:fs';
      import { end } from ${JSON.stringify(join(root, 'serve/commands/serve/ending.ts'))};
      const pipe = import.meta.filename + '.pipe';
      execFileSync('mkfifo', [pipe]);
      open(pipe, 'r', () => {}); // until somebody opens it for writing, which nobody does
      signals.first.then((signal) => setTimeout(end, 100, ${free}, 0, signal));`);
      child.kill('SIGTERM');
      await ended;
      expect(child.signalCode).toBe('SIGTERM');
    },
  );

  it('never logs the headers that hold keys', async () => {
    const { ended } = await processOf(`
      logger.info({ req: { headers: { authorization: 'Bearer secret', 'x-api-key': 'secret', host: 'h' } } });
      logger.info({ headers: { cookie: 'secret' } });
      await flush(1000);
      process.exit(0);`);
    const { log } = await ended;
    expect(log).toContain('"host":"h"');
    expect(log).not.toContain('secret');
  });
});
