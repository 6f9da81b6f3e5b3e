import type { IncomingMessage } from 'node:http';
import { SennError } from '../../../core/errors.ts';
import type { Limits } from '../../config/limits.ts';
import { checkLength, hasBody } from './bounded.ts';
import type { ReadInstances } from './instance.ts';
import { jsonReader } from './json.ts';
import { multipartReader } from './multipart.ts';
import { rawReader } from './raw.ts';

/** Chooses how a request's body is read, by the media type that it declares. */

const readers = {
  'multipart/form-data': multipartReader,
  'application/json': jsonReader,
  'image/*': rawReader,
} as const;

/** The media type that a request declares, without its parameters. */
export function mediaTypeOf({ headers }: IncomingMessage): string {
  const type = (headers['content-type'] ?? '').split(';', 1)[0] as string;
  return type.trim().toLowerCase();
}

/** The row that reads a media type; every type of image has the same. */
const rowOf = (type: string): string => (type.startsWith('image/') ? 'image/*' : type);

/**
 * The instances of a request, by the media type it declares.
 * @throws missing_input, unsupported_media_type, payload_too_large, invalid_request, invalid_json
 */
export function instancesReader(limits: Limits): ReadInstances {
  const byType = new Map(Object.entries(readers).map(([type, reader]) => [type, reader(limits)]));
  const types = [...byType.keys()];
  return async (request, budget) => {
    checkLength(request, limits);
    if (!hasBody(request)) throw missing(types);
    const read = byType.get(rowOf(mediaTypeOf(request)));
    if (read === undefined) {
      const sent = request.headers['content-type'];
      throw new SennError('unsupported_media_type', `body: content type "${sent ?? ''}" must be ${types.join(', ')}`, {
        contentType: sent ?? null,
        expected: types,
      });
    }
    const instances = await read(request, budget);
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
