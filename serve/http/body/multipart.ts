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

/** Reads `multipart/form-data`: one or several files, all in the field `image`. */
export function multipartReader(limits: Limits): ReadInstances {
  const receive = multer({
    storage: multer.memoryStorage(),
    limits: {
      files: limits.instancesPerRequest,
      fields: 0,
      fileSize: limits.bodyBytes,
      parts: limits.instancesPerRequest + 1, // the first file too many is told as such
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
    const { files = [] } = request as IncomingMessage & { files?: Express.Multer.File[] };
    if (parts() > files.length) {
      const rule = 'a part must have Content-Disposition: form-data with a name, as name="image"';
      throw new SennError('invalid_request', `multipart: ${parts() - files.length} of ${parts()} parts: ${rule}`, {
        parts: parts(),
        read: files.length,
      });
    }
    return files.map(({ buffer, originalname }, i) => ({
      kind: 'image',
      where: `image ${i} ("${shortened(originalname, MOST_NAME)}")`,
      bytes: buffer,
    }));
  };
}
