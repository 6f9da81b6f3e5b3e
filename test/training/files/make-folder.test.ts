import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkFolderWritable, writeFolder, writeWhole } from '../../../training/files/folders.ts';
import { inFolder } from '../../../training/files/make-folder.ts';

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'senn-folder-'));
});
afterAll(() => rm(root, { recursive: true }));

const fails = () => Promise.reject(new Error('no'));

describe('inFolder', () => {
  it('makes the folder and those above it, once, whoever asks at the same time', async () => {
    const folder = join(root, 'many', 'a', 'b');
    const results = await Promise.all([1, 2, 3].map((n) => inFolder(folder, async () => n)));
    expect(results).toEqual([1, 2, 3]);
    expect(await readdir(folder)).toEqual([]);
  });

  it('takes away what it made where the work fails', async () => {
    const before = await readdir(root);
    await expect(inFolder(join(root, 'gone', 'a'), fails)).rejects.toThrow('no');
    expect(await readdir(root)).toEqual(before);
  });

  it('leaves what is not empty, and what was there', async () => {
    const folder = join(root, 'kept');
    const writes = async () => {
      await writeFile(join(folder, 'log'), '');
      await fails();
    };
    await expect(inFolder(folder, writes)).rejects.toThrow('no');
    await expect(inFolder(join(folder, 'a', 'b'), fails)).rejects.toThrow('no');
    expect(await readdir(folder)).toEqual(['log']);
  });
});

/** Node's own recursive `mkdir` does not return there. */
describe.skipIf(process.platform !== 'linux')('a file system that takes no folders', () => {
  const path = '/proc/senn/a/b';

  it.each([
    ['a file', () => writeWhole(path, '')],
    ['a folder', () => writeFolder(path, { marker: '' }, 'marker')],
    ['a folder that is asked for first', () => checkFolderWritable(path, 'marker')],
    ['anything', () => inFolder(path, async () => undefined)],
  ])('is an error for %s', async (_, write) => {
    await expect(write()).rejects.toMatchObject({
      code: 'invalid_config',
      message: expect.stringMatching(/^\/proc\/senn\/a.*: cannot be written \(ENOENT/),
    });
  });
});
