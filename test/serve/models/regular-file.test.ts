import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { devNull, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readRegularFile } from '../../../serve/models/regular-file.ts';

/** What lies in the place of a model's file must be a file. */

describe.skipIf(process.platform === 'win32')('a file of a model', () => {
  let directory: string;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'senn-files-'));
  });
  afterAll(() => rm(directory, { recursive: true }));

  it('is read whole', async () => {
    await writeFile(join(directory, 'a'), 'abc');
    expect((await readRegularFile(join(directory, 'a'))).toString()).toBe('abc');
  });

  it('that is a pipe, a device or a folder is refused, and nothing waits for it', async () => {
    const pipe = join(directory, 'pipe');
    execFileSync('mkfifo', [pipe]);
    await expect(readRegularFile(pipe)).rejects.toMatchObject({ code: 'EINVAL' });
    await expect(readRegularFile(devNull)).rejects.toMatchObject({ code: 'EINVAL' });
    await expect(readRegularFile(directory)).rejects.toMatchObject({ code: 'EISDIR' });
    await expect(readRegularFile(join(directory, 'none'))).rejects.toMatchObject({ code: 'ENOENT' });
  });
});
