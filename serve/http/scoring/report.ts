import type { Request, Response } from 'express';
import { preferred } from '../accept.ts';
import { fromSendError } from '../routes/send-error.ts';

/** The forms of a report, by media type. */

const files = {
  'application/json': 'report.json',
  'text/csv': 'inputs.csv',
  'text/html': 'report.html',
} as const;

const types = Object.keys(files) as (keyof typeof files)[];

/** The form that a request prefers; asked before any work. @throws not_acceptable */
export const reportTypeOf = ({ headers }: Pick<Request, 'headers'>): keyof typeof files =>
  preferred(headers.accept ?? '*/*', types);

/** @param folder of the report @throws not_found */
export function sendReport(
  { path }: Pick<Request, 'path'>,
  response: Response,
  folder: string,
  type: keyof typeof files,
): Promise<void> {
  response.vary('Accept').set('Cache-Control', 'private, no-cache').type(`${type}; charset=utf-8`);
  return new Promise((resolve, reject) => {
    response.sendFile(files[type], { root: folder, cacheControl: false }, (error?: Error) => {
      if (error === undefined || response.headersSent) resolve();
      else reject(fromSendError(error, path));
    });
  });
}
