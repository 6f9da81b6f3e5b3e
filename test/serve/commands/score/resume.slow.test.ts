import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testModels } from '../../../helpers/models.ts';

/** A job that is killed again and again ends with the same bytes as one that is not, on any number of threads. */

const checkout = join(import.meta.dirname, '../../../..');
const INPUTS = 150;
const BATCH = 3;

describe('senn score --resume', () => {
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'senn-resume-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  /** Lines of the journal: the job, then what is done. */
  const done = (out: string): number => {
    const path = join(out, 'journal.ndjson');
    return existsSync(path) ? readFileSync(path, 'latin1').split('\n').length - 1 : 0;
  };

  /** @param killAt lines of the journal at which it is killed @returns its exit code, or the signal */
  function score(out: string, threads: number, killAt = Number.POSITIVE_INFINITY): Promise<number | string | null> {
    const given = ['--model', join(testModels, 'mnist-disenn'), '--data', 'mnist:test', '--first', String(INPUTS)];
    const job = ['--batch', String(BATCH), '--metrics', 'faithfulness,ncc,leak.permuted,stability', '--out', out];
    const args = [join(checkout, 'bin/senn.js'), 'score', ...given, ...job, '--threads', String(threads), '--resume'];
    const child = spawn(process.execPath, args, { stdio: 'ignore' });
    const watch = setInterval(() => {
      if (done(out) >= killAt) child.kill('SIGKILL');
    }, 3);
    return new Promise((resolve) => {
      child.on('exit', (code, signal) => {
        clearInterval(watch);
        resolve(signal ?? code);
      });
    });
  }

  const bytesOf = async (out: string): Promise<string[]> => {
    const report = await readFile(join(out, 'report.json'), 'utf8');
    const rest = await Promise.all(['inputs.ndjson', 'report.html'].map((name) => readFile(join(out, name), 'utf8')));
    return [report.replace(/"elapsedSeconds": [\d.]+/, ''), ...rest];
  };

  it('goes on after SIGKILL at random times; on a finished and on an absent run it succeeds too', async () => {
    const [whole, killed] = [join(folder, 'whole'), join(folder, 'killed')];
    expect(await score(whole, 2)).toBe(0);
    for (let kill = 0; kill < 4; kill++) {
      const before = done(killed);
      await score(killed, 1, before + 1 + Math.floor(Math.random() * 12));
      expect(done(killed)).toBeGreaterThanOrEqual(before);
    }
    expect(await score(killed, 1)).toBe(0);
    expect(await bytesOf(killed)).toEqual(await bytesOf(whole));
    const rows = (await readFile(join(killed, 'inputs.ndjson'), 'utf8')).trimEnd().split('\n');
    expect(rows.map((row) => JSON.parse(row).index)).toEqual([...Array(INPUTS).keys()]);
    expect(await score(killed, 1)).toBe(0);
    expect(existsSync(join(killed, 'journal.ndjson'))).toBe(false);
  }, 600_000);
});
