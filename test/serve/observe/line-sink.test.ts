import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { lineSink } from '../../../serve/observe/line-sink.ts';
import { root } from '../fixtures.ts';

let folder: string;
const open: number[] = [];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'senn-log-'));
});
afterEach(() => {
  for (const fd of open.splice(0)) closeSync(fd);
  rmSync(folder, { recursive: true });
});

const opened = (path: string): number => {
  const fd = openSync(path, 'a');
  open.push(fd);
  return fd;
};

describe('where log lines go', () => {
  it('a file gets every line, in order', async () => {
    const path = join(folder, 'log');
    const sink = lineSink(opened(path));
    const lines = Array.from({ length: 1000 }, (_, i) => `line ${i}\n`);
    for (const line of lines) sink.write(line);
    expect(await sink.flush(5000)).toBe(true);
    expect(readFileSync(path, 'utf8')).toBe(lines.join(''));
    expect(sink.dropped()).toBe(0);
  });

  it('a full disk loses and counts them, and holds nothing up', async () => {
    const sink = lineSink(opened('/dev/full'));
    for (let i = 0; i < 100; i++) sink.write(`line ${i}\n`);
    expect(await sink.flush(5000)).toBe(true);
    expect(sink.dropped()).toBe(100);
    sink.write('one more\n');
    sink.last();
    expect(await sink.flush(5000)).toBe(true);
    expect(sink.dropped()).toBe(101);
  });

  it('more lines than fit into memory are dropped and counted', async () => {
    const sink = lineSink(opened('/dev/null'));
    const line = `${'x'.repeat(1024 * 1024 - 1)}\n`;
    for (let i = 0; i < 12; i++) sink.write(line); // the first is on its way at once, eight wait
    expect(sink.dropped()).toBe(3);
    expect(await sink.flush(5000)).toBe(true);
    sink.write(line);
    expect(await sink.flush(5000)).toBe(true);
    expect(sink.dropped()).toBe(3);
  });
});

describe('a pipe', () => {
  /** A process that logs 20 MB at once, and says on stdout what became of it. */
  const script = `
    import { lineSink } from ${JSON.stringify(join(root, 'serve/observe/line-sink.ts'))};
    const sink = lineSink(2);
    process.stdin.once('data', async () => {
      const started = performance.now();
      for (let i = 0; i < 20_000; i++) sink.write('x'.repeat(1023) + '\\n');
      const free = await sink.flush(200);
      console.log(JSON.stringify({ milliseconds: performance.now() - started, free, dropped: sink.dropped() }));
      process.exit(0);
    });
    console.log('up');`;

  async function outcome(treat: (child: ChildProcess) => unknown) {
    const path = join(folder, 'logs.mts');
    writeFileSync(path, script);
    const child = spawn(process.execPath, ['--import', 'tsx', path], { cwd: root, stdio: 'pipe' });
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    await lines.next();
    treat(child);
    child.stdin.write('go');
    const { value } = await lines.next();
    const [code] = (await once(child, 'exit')) as [number];
    return { code, ...(JSON.parse(value as string) as { milliseconds: number; free: boolean; dropped: number }) };
  }

  it('that nobody reads is not waited for', async () => {
    const { code, milliseconds, free, dropped } = await outcome(() => {});
    expect({ code, free }).toEqual({ code: 0, free: true });
    expect(dropped).toBeGreaterThan(10_000);
    expect(milliseconds).toBeLessThan(2000);
  });

  it('that was closed ends nothing', async () => {
    const { code, dropped } = await outcome(({ stderr }) => stderr?.destroy());
    expect({ code, dropped }).toEqual({ code: 0, dropped: 20_000 });
  });
});
