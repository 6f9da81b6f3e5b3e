import { SennError } from '../core/errors.ts';
import type { OnProgress } from './progress.ts';

/** Downloads of model files: progress, one error for each way to fail, and their SHA-256. */

export interface DownloadOptions {
  /** Rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /** Called when the answer begins, with each piece of it, and when it has ended. */
  readonly onProgress?: OnProgress | undefined;
  /** The `fetch` to use. Default: the global one. */
  readonly fetch?: typeof fetch | undefined;
}

async function request(url: URL, { signal, fetch = globalThis.fetch }: DownloadOptions): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(url, signal === undefined ? {} : { signal });
  } catch (error) {
    signal?.throwIfAborted();
    throw new SennError('unavailable', `GET ${url} failed: ${(error as Error).message}`, { url: url.href }, error);
  }
  if (!response.ok) {
    throw new SennError(
      response.status === 404 ? 'not_found' : 'unavailable',
      `GET ${url} must answer 200, got ${response.status} ${response.statusText}`.trimEnd(),
      { url: url.href, status: response.status },
    );
  }
  return response;
}

/**
 * How long the body is once it is decoded. The length of a compressed body is not, unless the server says so; and that a
 * body of another origin is compressed cannot be seen.
 */
function decodedLength({ headers, type }: Response): number | undefined {
  const opaque = headers.has('Content-Encoding') || type === 'cors';
  const length = headers.get('X-Decoded-Content-Length') ?? (opaque ? null : headers.get('Content-Length'));
  return length === null ? undefined : Number(length);
}

/** The bytes at `url`. @throws not_found, unavailable */
export async function download(url: URL, options: DownloadOptions = {}): Promise<Uint8Array<ArrayBuffer>> {
  const response = await request(url, options);
  const total = decodedLength(response);
  const chunks: Uint8Array[] = [];
  let size = 0;
  options.onProgress?.({ loaded: 0, total });
  try {
    for (const reader = response.body?.getReader(); reader !== undefined; ) {
      const { done, value } = await reader.read();
      if (done) break;
      chunks.push(value);
      size += value.length;
      options.onProgress?.({ loaded: size, total });
    }
  } catch (error) {
    options.signal?.throwIfAborted();
    throw new SennError('unavailable', `GET ${url} broke off after ${size} bytes`, { url: url.href }, error);
  }
  options.onProgress?.({ loaded: size, total: size });
  const bytes = new Uint8Array(size);
  let offset = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, offset);
    offset += chunk.length;
  }
  return bytes;
}

/** The JSON text in `bytes`. @throws invalid_model */
export function parseJson(bytes: Uint8Array, where: string): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch (error) {
    throw new SennError('invalid_model', `${where}: must be JSON, got ${(error as Error).message}`, {}, error);
  }
}

/** When to check a file's SHA-256: `auto` does where the page may (HTTPS or localhost). */
export type DigestCheck = 'auto' | 'always' | 'never';

/**
 * Holds the bytes against their SHA-256 in lower-case hexadecimal. Browsers offer `crypto.subtle` in secure contexts
 * only (HTTPS, localhost): elsewhere `auto` skips the check, and `always` refuses the model.
 * @throws invalid_model, unavailable
 */
export async function checkDigest(
  bytes: Uint8Array<ArrayBuffer>,
  expected: string,
  where: string,
  check: DigestCheck,
): Promise<void> {
  const subtle: SubtleCrypto | undefined = globalThis.crypto?.subtle;
  if (check === 'never' || (check === 'auto' && subtle === undefined)) return;
  if (subtle === undefined) {
    throw new SennError(
      'unavailable',
      `${where}: SHA-256 needs a secure context (HTTPS or localhost), which this page is not`,
    );
  }
  const digest = new Uint8Array(await subtle.digest('SHA-256', bytes));
  const actual = Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
  if (actual !== expected) {
    throw new SennError('invalid_model', `${where}: sha256 must be ${expected}, got ${actual}`, {
      expected,
      actual,
    });
  }
}
