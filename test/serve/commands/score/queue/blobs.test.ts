import { describe, expect, it } from 'vitest';
import {
  type BlobStore,
  digestOf,
  keepBlobs,
  LARGEST_BLOB,
  readBlob,
} from '../../../../../serve/commands/score/queue/blobs.ts';
import { fetching } from '../../../../../serve/commands/worker/models.ts';

/** Files by their digests: what is read is what was named, and what a Redis forgot is put back. */

function fakeStore() {
  const held = new Map<string, Buffer>();
  let reads = 0;
  const store: BlobStore = {
    strlen: async (key) => held.get(key)?.length ?? 0,
    getBuffer: async (key) => {
      reads++;
      return held.get(key) ?? null;
    },
    set: async (key, value) => held.set(key, value),
    expire: async (key) => (held.has(key) ? 1 : 0),
  };
  return { store, held, reads: () => reads };
}

const bytes = Buffer.from('a graph');
const digest = digestOf(bytes);
const key = `senn:blob:${digest}`;

describe('blobs', () => {
  it('are read as they were put, and put back where they are lost', async () => {
    const { store, held } = fakeStore();
    const blobs = new Map([[digest, new Uint8Array(bytes)]]);
    await expect(readBlob(store, digest)).rejects.toMatchObject({ code: 'unavailable' });
    for (let restart = 0; restart < 2; restart++) {
      await keepBlobs(store, blobs);
      expect(await readBlob(store, digest)).toEqual(bytes);
      held.clear();
    }
  });

  it('are not believed: others in their place, and such as are too large, are refused', async () => {
    const { store, held } = fakeStore();
    held.set(key, Buffer.from('another graph'));
    await expect(readBlob(store, digest)).rejects.toThrow(`has the sha256 ${digestOf(Buffer.from('another graph'))}`);
    const large = { ...store, strlen: async () => LARGEST_BLOB + 1 };
    await expect(readBlob(large, digest)).rejects.toThrow(`has ${LARGEST_BLOB + 1} bytes`);
  });

  it('are fetched once, however many ask; those asked for last are kept, and a failure is not', async () => {
    const { store, held, reads } = fakeStore();
    const others = [1, 2, 3].map((n) => Buffer.alloc(40, n));
    const fetched = fetching((one) => readBlob(store, one), 100);
    await expect(fetched.bytes(digest)).rejects.toThrow('is not there');
    held.set(key, bytes);
    for (const one of others) held.set(`senn:blob:${digestOf(one)}`, one);
    await Promise.all([fetched.bytes(digest), fetched.bytes(digest)]);
    expect(reads()).toBe(1);
    for (const one of others) expect(Buffer.from(await fetched.bytes(digestOf(one)))).toEqual(one);
    await fetched.bytes(digestOf(others[2] as Buffer));
    expect(reads()).toBe(4);
    await fetched.bytes(digest); // pushed out by the others
    expect(reads()).toBe(5);
  });
});
