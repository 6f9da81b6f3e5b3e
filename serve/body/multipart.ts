import type { Request, Response } from 'express';
import multer from 'multer';
import { SennError } from '../../core/errors.ts';
import type { Limits } from '../limits.ts';
import type { Instance } from './instance.ts';

const FIELD = 'image';

/** Reads `multipart/form-data`: one or several files, all in the field `image`. */
export function multipartReader(limits: Limits): (request: Request, response: Response) => Promise<Instance[]> {
  const receive = multer({
    storage: multer.memoryStorage(),
    limits: { files: limits.instancesPerRequest, fields: 0, fileSize: limits.bodyBytes },
    fileFilter: (_request, { fieldname }, done) => {
      if (fieldname === FIELD) return done(null, true);
      done(
        new SennError(
          'invalid_request',
          `multipart: unexpected field "${fieldname}"; images go in the field "${FIELD}"`,
          {
            field: fieldname,
            expected: FIELD,
          },
        ),
      );
    },
  }).any();
  return async (request, response) => {
    await new Promise<void>((resolve, reject) => {
      receive(request, response, (error: unknown) => (error ? reject(error) : resolve()));
    });
    const files = Array.isArray(request.files) ? request.files : [];
    return files.map(({ buffer, originalname }, i) => ({
      kind: 'image',
      where: `image ${i} ("${originalname}")`,
      bytes: buffer,
    }));
  };
}
