import type { Request, Response } from 'express';
import { SennError } from '../../core/errors.ts';
import type { Limits } from '../limits.ts';
import { brokenOff, checkLength, hasBody } from './bounded.ts';
import type { Instance } from './instance.ts';
import { jsonReader } from './json.ts';
import { multipartReader } from './multipart.ts';
import { rawReader } from './raw.ts';

export { hasBody } from './bounded.ts';

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

function missing(expected: readonly string[]): SennError {
  return new SennError(
    'missing_input',
    'body: nothing to predict; send multipart/form-data with files in the field "image", an image/* body, or JSON {"instances": […]}',
    { expected },
  );
}
