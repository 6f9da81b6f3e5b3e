import type { Request, Response } from 'express';
import multer from 'multer';
import { SennError } from '../../core/errors.ts';
import type { Limits } from '../limits.ts';
import type { Instance } from './instance.ts';

const FIELD = 'image';

/** Files in memory, their sizes counted together: one limit holds for the whole body, declared length or not. */
function boundedMemory({ bodyBytes }: Limits): multer.StorageEngine {
  const received = new WeakMap<object, number>();
  return {
    _handleFile(request, file, done) {
      const chunks: Buffer[] = [];
      file.stream.on('data', (chunk: Buffer) => {
        const total = (received.get(request) ?? 0) + chunk.length;
        received.set(request, total);
        if (total <= bodyBytes) chunks.push(chunk);
      });
      file.stream.on('error', done);
      file.stream.on('end', () => {
        if ((received.get(request) ?? 0) > bodyBytes) {
          done(new SennError('payload_too_large', `body: more than ${bodyBytes} bytes`, { limit: bodyBytes }));
        } else {
          done(null, { buffer: Buffer.concat(chunks) });
        }
      });
    },
    _removeFile(_request, _file, done) {
      done(null);
    },
  };
}

/** Reads `multipart/form-data`: one or several files, all in the field `image`. */
export function multipartReader(limits: Limits): (request: Request, response: Response) => Promise<Instance[]> {
  const receive = multer({
    storage: boundedMemory(limits),
    limits: { files: limits.imagesPerRequest, fields: 0, fileSize: limits.bodyBytes },
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
