import { existsSync, readlinkSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { resolveConfig } from '../../../serve/config/index.ts';
import {
  codeOf,
  csv,
  ended,
  errorOf,
  folder,
  jobOf,
  running,
  runs,
  server,
  start,
  useScoring,
} from './scoring-fixture.ts';

/** Sets that the operator names, so that a client scores them without an upload. */

useScoring();

const ask = (query: string, init: RequestInit = {}) =>
  fetch(`${server.url}/jobs?model=table&${query}`, { method: 'POST', ...init });

describe('a set that the operator has named', () => {
  it('is scored by its name, under which a link leads to it while the job lasts', async () => {
    const path = join(folder, 'rows.csv');
    await writeFile(path, csv(3));
    await start({ '--jobs-sets': `claims=${path},mnist:test,digits=mnist:train` });
    const { id } = await jobOf(await ask('set=claims&seed=4'));
    await running();
    const [run] = runs as [(typeof runs)[0]];
    expect(run.args).toEqual(['--data=sets/claims.csv', '--seed=4']);
    expect(readlinkSync(join(run.folder, 'sets', 'claims.csv'))).toBe(path);
    await run.finish();
    await ended(id);
    await vi.waitFor(() => expect(existsSync(join(run.folder, 'sets'))).toBe(false));
    expect(existsSync(path)).toBe(true);
    for (const [n, name, data] of [
      [2, 'mnist:test', 'mnist:test'],
      [3, 'digits', 'mnist:train'],
    ] as const) {
      await ask(`set=${name}`);
      await running(n);
      expect(runs[n - 1]?.args).toEqual([`--data=${data}`]);
      await runs[n - 1]?.finish();
    }
  });

  it('is the only one: any other name, a path and a body are refused', async () => {
    await start({ '--jobs-sets': 'mnist:test' });
    const unknown = await errorOf(await ask('set=mnist:tset'));
    expect(unknown.message).toBe('unknown set "mnist:tset"; choose mnist:test; did you mean "mnist:test"?');
    expect(await codeOf(await ask('set=/etc/passwd'))).toEqual([400, 'unknown_data_set']);
    const both = await ask('set=mnist:test', { body: csv(3), headers: { 'Content-Type': 'text/csv' } });
    expect(await codeOf(both)).toEqual([400, 'invalid_request']);
    const nameless = await fetch(`${server.url}/jobs?set=mnist:test`, { method: 'POST' });
    expect((await errorOf(nameless)).message).toMatch(/needs the model/);
    expect(runs).toEqual([]);
  });

  it('must be there when the server starts, and have a name of its own', async () => {
    await start();
    await expect(start({ '--jobs-sets': 'claims=nowhere.csv' })).rejects.toThrow(
      'jobs.sets: claims: no file or folder "nowhere.csv"',
    );
    for (const sets of ['a=x,a=y', 'nowhere.csv', '../a=x']) {
      expect(() => resolveConfig({ flags: { '--jobs-sets': sets } })).toThrow(
        /--jobs-sets: (0: )?must be sets.*each name once/,
      );
    }
  });
});
