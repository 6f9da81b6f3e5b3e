import { SennError } from '../../../../core/errors.ts';
import { digestOf, LARGEST_BLOB } from './blobs.ts';

/**
 * Files of models from a server that the operator names, each under its SHA-256, in the place of Redis: any web server or bucket
 * does. The address comes from the command line alone, never from a queue; nothing but digests is added to it, and what comes
 * back is used only where it has the digest that was asked for.
 */

export type ModelsFrom = URL;

/** Milliseconds that one file may take. */
const LONGEST = 300_000;

const refused = (rule: string): SennError => new SennError('invalid_config', `--models-from: ${rule}`);

/**
 * @param text `https://HOST[:PORT]/[FOLDER/]`, or `http://…`
 * @throws invalid_config, which does not repeat the text: it may hold a password
 */
export function parseModelsFrom(text: string): ModelsFrom {
  if (!URL.canParse(text)) throw refused('must be https://HOST/FOLDER/, or http:// where it is meant');
  const url = new URL(text);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') throw refused('must begin with https:// or http://');
  if (url.username !== '' || url.password !== '') {
    throw refused('must hold no user and no password, which others see in a list of processes');
  }
  if (url.search !== '' || url.hash !== '') throw refused('must hold nothing after HOST:PORT/FOLDER/');
  if (!url.pathname.endsWith('/')) url.pathname += '/';
  return url;
}

/** Asks for one file. Redirects are not followed: they would lead where the operator named nothing. @throws unavailable */
async function ask(from: ModelsFrom, digest: string, method: 'GET' | 'HEAD'): Promise<Response | undefined> {
  const url = new URL(digest, from);
  const failed = (reason: string, cause?: unknown): SennError =>
    new SennError('unavailable', `${url.origin}: file ${digest} cannot be fetched: ${reason}`, { digest }, cause);
  const response = await fetch(url, {
    method,
    redirect: 'manual',
    credentials: 'omit',
    headers: { 'Accept-Encoding': 'identity' },
    signal: AbortSignal.timeout(LONGEST),
  }).catch((error: Error) => {
    const { cause } = error;
    throw failed(cause instanceof Error ? cause.message : error.message, error);
  });
  if (response.ok) return response;
  await response.body?.cancel();
  if (response.status === 404 || response.status === 410) return undefined;
  const redirected = response.status >= 300 && response.status < 400;
  throw failed(redirected ? `status ${response.status}; redirects are not followed` : `status ${response.status}`);
}

/** Whether a file of that length is there. @throws unavailable */
export async function hasFile(from: ModelsFrom, digest: string, length: number): Promise<boolean> {
  const response = await ask(from, digest, 'HEAD');
  return response !== undefined && Number(response.headers.get('content-length')) === length;
}

/**
 * @returns undefined where it is not there
 * @throws unavailable where it cannot be fetched, is larger than a file of a model may be, or is another
 */
export async function readFileFrom(from: ModelsFrom, digest: string): Promise<Buffer | undefined> {
  const response = await ask(from, digest, 'GET');
  if (response === undefined) return undefined;
  const where = `${from.origin}: file ${digest}`;
  const chunks: Uint8Array[] = [];
  let length = 0;
  try {
    for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
      length += chunk.byteLength;
      if (length > LARGEST_BLOB) throw new SennError('unavailable', `${where} has over ${LARGEST_BLOB} bytes`);
      chunks.push(chunk);
    }
  } catch (error) {
    if (error instanceof SennError) throw error;
    throw new SennError('unavailable', `${where} broke off: ${(error as Error).message}`, { digest }, error);
  }
  const bytes = Buffer.concat(chunks, length);
  const actual = digestOf(bytes);
  if (actual !== digest) throw new SennError('unavailable', `${where} has the sha256 ${actual}`, { digest, actual });
  return bytes;
}
