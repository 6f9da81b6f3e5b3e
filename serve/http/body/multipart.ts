import type { IncomingMessage } from 'node:http';
import type { Request, Response } from 'express';
import multer from 'multer';
import { SennError, shortened } from '../../../core/errors.ts';
import type { Limits } from '../../config/limits.ts';
import { brokenOff } from './bounded.ts';
import { countParts } from './count-parts.ts';
import { askForBody } from './expect.ts';
import type { ReadInstances } from './instance.ts';

/** Bodies that are forms, as `curl -F image=@digit.png` and browsers send files. */

const FIELD = 'image';

/** Characters of a name out of the form that are told. */
const MOST_NAME = 100;

/** Bytes of a field of text. */
const MOST_TEXT = 64 * 1024;

export interface Form {
  readonly images: readonly { readonly where: string; readonly bytes: Buffer }[];
  readonly texts: Readonly<Record<string, string>>;
}

/**
 * Reads `multipart/form-data`: one or several files, all in the field `image`, and fields of text.
 * @param names of the fields of text that there may be, each once
 */
export function formReader(limits: Limits, names: readonly string[] = []): (request: IncomingMessage) => Promise<Form> {
  const receive = multer({
    storage: multer.memoryStorage(),
    limits: {
      files: limits.instancesPerRequest,
      fields: names.length,
      fieldSize: MOST_TEXT,
      fileSize: limits.bodyBytes,
      parts: limits.instancesPerRequest + names.length + 1, // the first file too many is told as such
    },
    defParamCharset: 'utf8', // as browsers and curl write file names
    fileFilter: (_request, { fieldname }, done) => {
      if (fieldname === FIELD) return done(null, true);
      done(
        new SennError(
          'invalid_request',
          `multipart: unexpected field "${shortened(fieldname, MOST_NAME)}"; images go in the field "${FIELD}"`,
          {
            field: shortened(fieldname, MOST_NAME),
            expected: FIELD,
          },
        ),
      );
    },
  }).any();
  return async (request) => {
    askForBody(request);
    const received = new Promise<void>((resolve, reject) => {
      // multer's types ask for Express's request and response; it reads only what node:http's request has, and no
      // response
      receive(request as Request, {} as Response, (error: unknown) => (error ? reject(error) : resolve()));
    });
    const parts = countParts(request);
    await Promise.race([received, brokenOff(request, limits)]);
    const { files = [], body = {} } = request as IncomingMessage & {
      files?: Express.Multer.File[];
      body?: Record<string, unknown>;
    };
    const texts = Object.entries(body);
    for (const [name, value] of texts) {
      if (names.includes(name) && typeof value === 'string') continue;
      const field = shortened(name, MOST_NAME);
      const rule = `images go in the field "${FIELD}" as files, texts once in ${names.join(', ')}`;
      throw new SennError('invalid_request', `multipart: unexpected field "${field}"; ${rule}`, { field });
    }
    const read = files.length + texts.length;
    if (parts() > read) {
      const rule = 'a part must have Content-Disposition: form-data with a name, as name="image"';
      throw new SennError('invalid_request', `multipart: ${parts() - read} of ${parts()} parts: ${rule}`, {
        parts: parts(),
        read,
      });
    }
    return {
      images: files.map(({ buffer, originalname }, i) => ({
        where: `image ${i} ("${shortened(originalname, MOST_NAME)}")`,
        bytes: buffer,
      })),
      texts: Object.fromEntries(texts) as Record<string, string>,
    };
  };
}

/** The images of a form, to be predicted. */
export function multipartReader(limits: Limits): ReadInstances {
  const read = formReader(limits);
  return async (request) => (await read(request)).images.map((image) => ({ kind: 'image', ...image }));
}
