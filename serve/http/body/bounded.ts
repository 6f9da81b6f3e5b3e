import type { IncomingMessage } from 'node:http';
import { SennError } from '../../../core/errors.ts';
import type { Limits } from '../../config/limits.ts';
import { askForBody } from './expect.ts';

/** Limits on the body of a request, whatever is in it. */

/** Whether the request's headers announce a body. */
export function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}

/** Refuses a body that declares more bytes than the limit, before any is read. @throws payload_too_large */
export function checkLength({ headers }: IncomingMessage, { bodyBytes: limit }: Pick<Limits, 'bodyBytes'>): void {
  const length = Number(headers['content-length'] ?? 0);
  if (length > limit) {
    throw new SennError('payload_too_large', `body: ${length} bytes; at most ${limit} are taken`, { length, limit });
  }
}

/** Refuses compressed bodies, which could unpack to any size. @throws unsupported_media_type */
export function checkEncoding({ headers }: IncomingMessage): void {
  const encoding = headers['content-encoding'] ?? 'identity';
  if (encoding.toLowerCase() !== 'identity') {
    throw new SennError(
      'unsupported_media_type',
      `body: content encoding "${encoding}" is not taken; send it as it is`,
      {
        encoding,
      },
    );
  }
}

export const tooLarge = (limit: number): SennError =>
  new SennError('payload_too_large', `body: more than ${limit} bytes; no more are taken`, { limit });

export const brokenOffError = (): SennError => new SennError('invalid_request', 'body: the client left before its end');

/**
 * Rejects when more bytes arrive than the limit, or when the client leaves before the end. For readers of forms, which
 * notice neither by themselves and would read a body that is refused to its end.
 * @throws payload_too_large, invalid_request
 */
export function brokenOff(request: IncomingMessage, { bodyBytes: limit }: Limits): Promise<never> {
  return new Promise((_, reject) => {
    let received = 0;
    request.on('data', (chunk: Buffer) => {
      received += chunk.length;
      if (received > limit) reject(tooLarge(limit));
    });
    request.once('close', () => {
      if (!request.complete) reject(brokenOffError());
    });
  });
}

export type ReadBytes = (request: IncomingMessage) => Promise<Buffer>;

/**
 * Reads the bytes of a body, whatever its type; none where there is no body.
 * @throws payload_too_large, unsupported_media_type, invalid_request
 */
export function bytesReader(limits: Limits): ReadBytes {
  const { bodyBytes: limit } = limits;
  return async (request) => {
    checkLength(request, limits);
    if (!hasBody(request)) return Buffer.alloc(0);
    checkEncoding(request);
    askForBody(request);
    return new Promise((resolve, reject) => {
      let chunks: Buffer[] = [];
      let received = 0;
      request.on('data', (chunk: Buffer) => {
        received += chunk.length;
        if (received > limit) {
          chunks = []; // what still arrives is read and dropped, so that the client gets to read the answer
          reject(tooLarge(limit));
        } else chunks.push(chunk);
      });
      request.on('end', () => resolve(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks)));
      request.on('error', reject);
      request.on('close', () => {
        if (!request.complete) reject(brokenOffError());
      });
    });
  };
}
