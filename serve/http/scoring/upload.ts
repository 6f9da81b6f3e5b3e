import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { openPromise, type ZipFile } from 'yauzl';
import { SennError } from '../../../core/errors.ts';
import { brokenOffError, checkEncoding, checkLength, tooLarge } from '../body/bounded.ts';
import { askForBody } from '../body/expect.ts';

/** Receives a set to score as a file, which may be larger than what fits in memory. */

export interface Received {
  readonly bytes: number;
  /** SHA-256, in hexadecimal. */
  readonly digest: string;
  /** Line feeds in it. */
  readonly lines: number;
}

const LINE_FEED = 0x0a;

function linesIn(chunk: Buffer): number {
  let count = 0;
  for (let at = chunk.indexOf(LINE_FEED); at >= 0; at = chunk.indexOf(LINE_FEED, at + 1)) count += 1;
  return count;
}

/**
 * The body of a request into a file.
 * @param most bytes
 * @throws payload_too_large, unsupported_media_type, invalid_request
 */
export async function receiveFile(request: IncomingMessage, path: string, most: number): Promise<Received> {
  checkLength(request, { bodyBytes: most });
  checkEncoding(request);
  askForBody(request);
  return new Promise((resolve, reject) => {
    const file = createWriteStream(path, { mode: 0o600 });
    const hash = createHash('sha256');
    let [bytes, lines, failed] = [0, 0, false];
    const fail = (error: Error): void => {
      if (failed) return;
      failed = true; // what still arrives is read and dropped, so that the client gets to read the answer
      file.destroy();
      request.resume();
      reject(error);
    };
    request.on('data', (chunk: Buffer) => {
      if (failed) return;
      bytes += chunk.length;
      if (bytes > most) {
        fail(tooLarge(most));
        return;
      }
      hash.update(chunk);
      lines += linesIn(chunk);
      if (file.write(chunk)) return;
      request.pause();
      file.once('drain', () => request.resume());
    });
    request.once('end', () => file.end());
    request.once('error', fail);
    request.once('close', () => {
      if (!request.complete) fail(brokenOffError());
    });
    file.once('error', fail);
    file.once('close', () => {
      if (!failed) resolve({ bytes, digest: hash.digest('hex'), lines });
    });
  });
}

/**
 * Refuses a zip that would unpack to more than it may. Whoever unpacks it refuses a file that is longer than is
 * declared here.
 * @param most bytes @param mostEntries files and folders @throws payload_too_large, invalid_request
 */
export async function checkUnpacked(path: string, most: number, mostEntries: number): Promise<void> {
  let zip: ZipFile | undefined;
  let [bytes, entries] = [0, 0];
  try {
    zip = await openPromise(path, { autoClose: false });
    for await (const entry of zip.eachEntry()) {
      bytes += entry.uncompressedSize;
      entries += 1;
      if (bytes > most || entries > mostEntries) break;
    }
  } catch (error) {
    throw new SennError('invalid_request', `body: cannot be read as a zip: ${(error as Error).message}`);
  } finally {
    zip?.close();
  }
  if (bytes > most) throw new SennError('payload_too_large', `body: unpacks to more than ${most} bytes`, { most });
  if (entries > mostEntries) {
    throw new SennError('payload_too_large', `body: more than ${mostEntries} files`, { most: mostEntries });
  }
}
