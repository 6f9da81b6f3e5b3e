import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { EpochSummary } from '../../../training/loop/progress.ts';
import { folder, run, useTable } from './counts.ts';

useTable();

/** A run over a folder that holds one: nothing is lost until the new one is done. */

const short = { epochs: 2 };
const other = { epochs: 3, seed: 4 };
const read = (path: string) => readFile(join(folder, path));
const files = ['run.json', 'parameterizer/weights.bin', 'golden.json', 'metrics.csv'];

/** Stops after the first epoch, as Ctrl-C does. */
function brokenOff() {
  const controller = new AbortController();
  const onEpoch = ({ epoch }: EpochSummary) => epoch === 1 && controller.abort();
  return { signal: controller.signal, onEpoch };
}

describe('a folder that holds a run', () => {
  it('that is done is refused, with the ways out, and stays', async () => {
    await run('done', short);
    const before = await Promise.all(files.map((file) => read(`done/${file}`)));
    await expect(run('done', other, { overwrite: false })).rejects.toMatchObject({
      code: 'invalid_config',
      message: expect.stringMatching(
        /done: holds a run that is done; .*--overwrite, .*\(--resume is for what was broken off\)$/,
      ),
    });
    expect(await Promise.all(files.map((file) => read(`done/${file}`)))).toEqual(before);
  });

  it('that was broken off is refused, with --resume before all', async () => {
    await expect(run('half', short, brokenOff())).rejects.toMatchObject({ code: 'interrupted' });
    const state = await read('half/state.json');
    await expect(run('half', short, { overwrite: false })).rejects.toMatchObject({
      code: 'invalid_config',
      message: expect.stringMatching(
        /half: holds a run that was broken off; go on with --resume, choose another --out, or/,
      ),
    });
    expect(await read('half/state.json')).toEqual(state);
  });

  it('keeps it while another is trained, also where that is broken off, and gives way to that when it goes on', async () => {
    const whole = await run('whole', other);
    await run('kept', short);
    const before = await Promise.all(files.map((file) => read(`kept/${file}`)));
    await expect(run('kept', other, { overwrite: true, ...brokenOff() })).rejects.toMatchObject({
      code: 'interrupted',
    });
    expect(await Promise.all(files.map((file) => read(`kept/${file}`)))).toEqual(before);
    expect(existsSync(join(folder, 'kept.unfinished/state.json'))).toBe(true);
    expect(await run('kept', other, { resume: true })).toEqual(whole);
    expect(existsSync(join(folder, 'kept.unfinished'))).toBe(false);
    expect(await read('kept/parameterizer/weights.bin')).toEqual(await read('whole/parameterizer/weights.bin'));
    expect(existsSync(join(folder, 'kept/state.json'))).toBe(false);
  });

  it('is either gone on with or begun anew', async () => {
    await expect(run('whole', other, { resume: true, overwrite: true })).rejects.toThrow(
      '--resume goes on and --overwrite begins anew; give one of them',
    );
  });
});
