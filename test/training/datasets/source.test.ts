import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { download } from '../../../training/datasets/files/download.ts';
import { dataPlaces } from '../../../training/datasets/files/places.ts';
import { findSource, readSource, type Source, sha256Of } from '../../../training/datasets/files/source.ts';
import { nowhere, temporaryFolder } from './helpers.ts';

const content = Buffer.from('a,b\n1,2\n');

/** A server of one file, and a count of its requests. */
async function serve(body: Buffer = content, { status = 200, silent = false } = {}) {
  let requests = 0;
  const server = createServer((_, answer) => {
    requests++;
    if (!silent) answer.writeHead(status).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/set.csv`;
  const source: Source = { file: 'sets/set.csv', url, sha256: sha256Of(content), bytes: content.length };
  return { url, source, requests: () => requests };
}

describe('places', () => {
  const at = (platform: string, env: Record<string, string> = {}) =>
    dataPlaces({ platform, env, home: '/home/me', packageRoot: '/src/senn' });

  it('are SENN_DATA, ../shared/data and the cache of the platform', () => {
    expect(at('linux', { SENN_DATA: '/data' })).toEqual({
      folders: ['/data', '/src/shared/data'],
      cache: '/home/me/.cache/senn-onnx',
    });
    expect(at('linux').folders).toEqual(['/src/shared/data']);
    expect(at('linux', { SENN_DATA: '' }).folders).toEqual(['/src/shared/data']);
    expect(at('freebsd', { XDG_CACHE_HOME: '/var/me' }).cache).toBe('/var/me/senn-onnx');
    expect(at('linux', { XDG_CACHE_HOME: 'relative' }).cache).toBe('/home/me/.cache/senn-onnx');
    expect(at('darwin').cache).toBe('/home/me/Library/Caches/senn-onnx');
    expect(at('win32', { LOCALAPPDATA: '/local' }).cache).toBe('/local/senn-onnx');
  });
});

describe('a source', () => {
  /** Data folders and a cache, with the file in those that are named. */
  async function placesWith(...holding: ('first' | 'second' | 'cache')[]) {
    const root = await temporaryFolder();
    for (const place of holding) {
      await mkdir(join(root, place, 'sets'), { recursive: true });
      await writeFile(join(root, place, 'sets', 'set.csv'), content);
    }
    return { root, places: { folders: [join(root, 'first'), join(root, 'second')], cache: join(root, 'cache') } };
  }

  it('is found in the first folder that holds it, the cache last', async () => {
    const { source } = await serve();
    const { root, places } = await placesWith('second', 'cache');
    expect(await findSource(source, places)).toBe(join(root, 'second', 'sets', 'set.csv'));
    expect(await findSource(source, { ...places, folders: [] })).toBe(join(root, 'cache', 'sets', 'set.csv'));
    expect(await findSource(source, nowhere)).toBeUndefined();
  });

  it('is downloaded once, into the cache', async () => {
    const { source, requests } = await serve();
    const { root, places } = await placesWith();
    expect(Buffer.from(await readSource(source, places))).toEqual(content);
    expect(Buffer.from(await readSource(source, places))).toEqual(content);
    expect(requests()).toBe(1);
    expect(await readFile(join(root, 'cache', 'sets', 'set.csv'))).toEqual(content);
    expect(await readdir(join(root, 'cache', 'sets'))).toEqual(['set.csv']);
  });

  it('is not looked for when a path is given', async () => {
    const { source, requests } = await serve();
    const { places } = await placesWith('first');
    await expect(readSource(source, places, '/nowhere/mine.csv')).rejects.toMatchObject({
      code: 'missing_data',
      message: '/nowhere/mine.csv: cannot be read (ENOENT)',
    });
    expect(requests()).toBe(0);
  });

  it('of another digest is refused with both, and stays as it is', async () => {
    const { source, requests } = await serve();
    const { root, places } = await placesWith('cache');
    const path = join(root, 'cache', 'sets', 'set.csv');
    await writeFile(path, 'mine');
    await expect(readSource(source, places)).rejects.toThrow(
      `${path}: sha256 ${sha256Of(Buffer.from('mine'))} must be ${source.sha256}`,
    );
    expect(await readFile(path, 'utf8')).toBe('mine');
    expect(requests()).toBe(0);
  });

  it('that comes with another digest is not kept', async () => {
    const { source } = await serve(Buffer.from('a,b\n1,3\n'));
    const { root, places } = await placesWith();
    await expect(readSource(source, places)).rejects.toThrow(/set\.csv: sha256 [0-9a-f]{64} must be [0-9a-f]{64}/);
    expect(await readdir(root)).toEqual([]);
  });

  it('that cannot be had says where it was looked for, and why', async () => {
    const { source } = await serve(content, { status: 404 });
    await expect(readSource(source, nowhere)).rejects.toThrow(
      `sets/set.csv: is in none of /nowhere/data, /nowhere/cache, and downloading ${source.url} failed: the server answered 404; put it there, or set data.path or SENN_DATA`,
    );
  });
});

describe('downloads', () => {
  it('are broken off when they are too long', async () => {
    const { url } = await serve(Buffer.alloc(1_000_000));
    await expect(download(url, { maxBytes: 10 })).rejects.toThrow('more than the 10 bytes that the file has');
  });

  it('are given up when no answer comes', async () => {
    const { url } = await serve(content, { silent: true });
    await expect(download(url, { maxBytes: 10, timeoutSeconds: 0.05 })).rejects.toThrow('no answer within 0.05 s');
  });

  it('say why there is no connection', async () => {
    await expect(download('http://127.0.0.1:1/x', { maxBytes: 10 })).rejects.toMatchObject({
      code: 'missing_data',
      message: expect.stringMatching(/^downloading http:\/\/127\.0\.0\.1:1\/x failed: .+/),
    });
  });
});
