import { stat } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import { type Entry, openPromise, type ZipFile } from 'yauzl';
import { SennError } from '../../../core/errors.ts';

/**
 * The files of a zip, by the names they have in it; none of those names is ever one on the disk. What a zip says of its sizes
 * bounds it before anything is unpacked, and whoever unpacks more than was said is refused.
 */

/** Files of a zip, whose names are in memory. */
const MOST_FILES = 2 ** 18;
/** Bytes of one file when it is unpacked: as a rule an image is a thousandth of it. */
const MAX_FILE = 2 ** 26;
/** How many times its size a zip may unpack to, above the size that any may. Images are compressed already. */
const MAX_RATIO = 100;
const ANY_SIZE = 2 ** 26;

export interface ZipFolder {
  /** Of all files, as they stand in the zip; folders and hidden files are passed over. */
  readonly names: readonly string[];
  /** @throws missing_data where it cannot be unpacked */
  read(name: string): Promise<Buffer>;
  close(): Promise<void>;
}

const refused = (path: string, reason: string, cause?: unknown): SennError =>
  new SennError('missing_data', `${path}: ${reason}`, { path }, cause);

/** Of what macOS adds as well. */
const isHidden = (name: string): boolean => name.split('/').some((part) => part.startsWith('.') || part === '__MACOSX');

async function entriesOf(zip: ZipFile, path: string): Promise<ReadonlyMap<string, Entry>> {
  const entries = new Map<string, Entry>();
  const { size } = await stat(path);
  const most = Math.max(ANY_SIZE, MAX_RATIO * size);
  let [count, bytes] = [0, 0];
  for await (const entry of zip.eachEntry()) {
    const { fileName: name, uncompressedSize } = entry;
    count += 1;
    bytes += uncompressedSize;
    if (count > MOST_FILES) throw refused(path, `has more than ${MOST_FILES} files`);
    if (bytes > most) throw refused(path, `unpacks to more than ${most} bytes`);
    if (name.endsWith('/') || isHidden(name)) continue;
    if (entries.has(name)) throw refused(path, `has ${JSON.stringify(name.slice(0, 200))} twice`);
    entries.set(name, entry);
  }
  return entries;
}

async function unpacked(zip: ZipFile, entry: Entry, name: string): Promise<Buffer> {
  const { uncompressedSize } = entry;
  if (entry.isEncrypted()) throw refused(name, 'is encrypted');
  if (uncompressedSize > MAX_FILE) {
    throw refused(name, `unpacks to ${uncompressedSize} bytes; at most ${MAX_FILE} are read`);
  }
  const chunks: Buffer[] = [];
  try {
    // yauzl ends the stream where it has more bytes than the entry says
    for await (const chunk of (await zip.openReadStreamPromise(entry)) as AsyncIterable<Buffer>) chunks.push(chunk);
  } catch (cause) {
    throw refused(name, `cannot be unpacked: ${(cause as Error).message}`, cause);
  }
  const bytes = Buffer.concat(chunks);
  if (crc32(bytes) !== entry.crc32) throw refused(name, 'cannot be unpacked: its checksum is another');
  return bytes;
}

/** @throws missing_data where it is no zip, or one beyond the limits */
export async function openZip(path: string): Promise<ZipFolder> {
  let zip: ZipFile | undefined;
  try {
    const opened = await openPromise(path, { autoClose: false });
    zip = opened;
    const entries = await entriesOf(opened, path);
    return {
      names: [...entries.keys()],
      read: async (name) => {
        const entry = entries.get(name);
        if (entry === undefined) throw refused(name, 'is not in the zip');
        return unpacked(opened, entry, name);
      },
      close: async () => opened.close(),
    };
  } catch (cause) {
    zip?.close();
    if (cause instanceof SennError) throw cause;
    throw refused(path, `cannot be read as a zip: ${(cause as Error).message}`, cause);
  }
}
