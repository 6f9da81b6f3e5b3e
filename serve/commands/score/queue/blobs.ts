import { createHash } from 'node:crypto';
import { SennError } from '../../../../core/errors.ts';
import { PREFIX } from './connect.ts';

/**
 * Files that workers need, in Redis, by their SHA-256: whoever reads one checks that it is the one that was named, so that
 * nobody who can write there can put another in its place.
 */

/** Of the commands of Redis, those that are used here. */
export interface BlobStore {
  strlen(key: string): Promise<number>;
  getBuffer(key: string): Promise<Buffer | null>;
  set(key: string, value: Buffer, unit: 'EX', seconds: number): Promise<unknown>;
  expire(key: string, seconds: number): Promise<number>;
}

/** The most that Redis holds under one key. */
export const LARGEST_BLOB = 512 * 1024 * 1024;

/** How long one stays that nobody asks to keep. */
const SECONDS = 3600;

export const digestOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

const keyOf = (digest: string): string => `${PREFIX}:blob:${digest}`;

/** @throws payload_too_large */
export function checkBlob(what: string, bytes: Uint8Array): void {
  if (bytes.byteLength <= LARGEST_BLOB) return;
  throw new SennError(
    'payload_too_large',
    `${what}: ${bytes.byteLength} bytes; a queue takes at most ${LARGEST_BLOB}`,
    { bytes: bytes.byteLength, most: LARGEST_BLOB },
  );
}

/** Keeps each for another while, and puts back what is not there: a Redis that is started again may have forgotten all. */
export async function keepBlobs(store: BlobStore, blobs: ReadonlyMap<string, Uint8Array>): Promise<void> {
  for (const [digest, bytes] of blobs) {
    if ((await store.expire(keyOf(digest), SECONDS)) === 1) continue;
    await store.set(keyOf(digest), Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength), 'EX', SECONDS);
  }
}

/** @throws unavailable where it is not there, or is not what its name says */
export async function readBlob(store: BlobStore, digest: string): Promise<Buffer> {
  const length = await store.strlen(keyOf(digest));
  if (length > LARGEST_BLOB) throw new SennError('unavailable', `queue: blob ${digest} has ${length} bytes`);
  const bytes = length === 0 ? null : await store.getBuffer(keyOf(digest));
  if (bytes === null) throw new SennError('unavailable', `queue: blob ${digest} is not there`, { digest });
  const actual = digestOf(bytes);
  if (actual !== digest) {
    throw new SennError('unavailable', `queue: blob ${digest} has the sha256 ${actual}`, { digest, actual });
  }
  return bytes;
}
