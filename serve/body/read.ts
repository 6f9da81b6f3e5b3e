import type { Request, Response } from 'express';
import { SennError } from '../../core/errors.ts';
import type { Limits } from '../limits.ts';
import type { Instance } from './instance.ts';
import { jsonReader } from './json.ts';
import { multipartReader } from './multipart.ts';
import { rawReader } from './raw.ts';

const readers = {
  'multipart/form-data': multipartReader,
  'application/json': jsonReader,
  'image/*': rawReader,
} as const;

export type ReadInstances = (request: Request, response: Response) => Promise<Instance[]>;

/**
 * The instances of a request, by the media type it declares.
 * @throws missing_input, unsupported_media_type, payload_too_large, invalid_request, invalid_json
 */
export function instancesReader(limits: Limits): ReadInstances {
  const byType = Object.entries(readers).map(([type, reader]) => ({ type, read: reader(limits) }));
  const types = byType.map(({ type }) => type);
  return async (request, response) => {
    checkLength(request, limits);
    const found = byType.find(({ type }) => request.is(type));
    const sent = request.get('content-type');
    if (!hasBody(request)) throw missing(types);
    if (found === undefined) {
      throw new SennError('unsupported_media_type', `body: content type "${sent ?? ''}" must be ${types.join(', ')}`, {
        contentType: sent ?? null,
        expected: types,
      });
    }
    const instances = await Promise.race([found.read(request, response), brokenOff(request, limits)]);
    if (instances.length === 0) throw missing(types);
    return instances;
  };
}

/**
 * Rejects when more bytes arrive than the limit, whatever they are part of, or when the client leaves before the end:
 * the readers themselves read a refused body on to its end, and an inflating one never hears that the client is gone.
 * @throws payload_too_large, invalid_request
 */
function brokenOff(request: Request, { bodyBytes: limit }: Limits): Promise<never> {
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

/** Whether the request's headers announce a body. */
export function hasBody(request: Request): boolean {
  return request.get('transfer-encoding') !== undefined || Number(request.get('content-length') ?? 0) > 0;
}

function missing(expected: readonly string[]): SennError {
  return new SennError(
    'missing_input',
    'body: nothing to predict; send multipart/form-data with files in the field "image", an image/* body, or JSON {"instances": […]}',
    { expected },
  );
}

/** A declared length over the limit is refused before anything is read. */
function checkLength(request: Request, { bodyBytes: limit }: Limits): void {
  const length = Number(request.get('content-length') ?? 0);
  if (length > limit) {
    throw new SennError('payload_too_large', `body: ${length} bytes; at most ${limit} are taken`, { length, limit });
  }
}
