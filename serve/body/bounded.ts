import express, { type Request, type Response } from 'express';
import { SennError } from '../../core/errors.ts';
import type { Limits } from '../limits.ts';

/** What bounds the body of a request, whatever is in it. */

/** Whether the request's headers announce a body. */
export function hasBody(request: Request): boolean {
  return request.get('transfer-encoding') !== undefined || Number(request.get('content-length') ?? 0) > 0;
}

/** A declared length over the limit is refused before anything is read. @throws payload_too_large */
export function checkLength(request: Request, { bodyBytes: limit }: Limits): void {
  const length = Number(request.get('content-length') ?? 0);
  if (length > limit) {
    throw new SennError('payload_too_large', `body: ${length} bytes; at most ${limit} are taken`, { length, limit });
  }
}

/**
 * Rejects when more bytes arrive than the limit, whatever they are part of, or when the client leaves before the end:
 * the readers themselves read a refused body on to its end, and an inflating one never hears that the client is gone.
 * @throws payload_too_large, invalid_request
 */
export function brokenOff(request: Request, { bodyBytes: limit }: Limits): Promise<never> {
  return new Promise((_, reject) => {
    let received = 0;
    request.on('data', (chunk: Buffer) => {
      received += chunk.length;
      if (received > limit) {
        reject(new SennError('payload_too_large', `body: more than ${limit} bytes; no more are taken`, { limit }));
      }
    });
    request.once('close', () => {
      if (!request.complete) reject(new SennError('invalid_request', 'body: the client left before its end'));
    });
  });
}

export type ReadBytes = (request: Request, response: Response) => Promise<Buffer>;

/**
 * The bytes of a body of whatever type, none where there is no body. A compressed one is refused.
 * @throws payload_too_large, unsupported_media_type, invalid_request
 */
export function bytesReader(limits: Limits): ReadBytes {
  const receive = express.raw({ type: () => true, limit: limits.bodyBytes, inflate: false });
  return async (request, response) => {
    checkLength(request, limits);
    if (!hasBody(request)) return Buffer.alloc(0);
    const received = new Promise<void>((resolve, reject) => {
      receive(request, response, (error?: unknown) => (error ? reject(error) : resolve()));
    });
    await Promise.race([received, brokenOff(request, limits)]);
    const body: unknown = request.body;
    request.body = undefined;
    return Buffer.isBuffer(body) ? body : Buffer.alloc(0);
  };
}
