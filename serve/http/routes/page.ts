import { sep } from 'node:path';
import express, { type RequestHandler } from 'express';
import { notesOf } from '../../observe/request-notes.ts';
import { setPageHeaders } from '../middleware/headers.ts';
import { fromSendError } from './send-error.ts';

/** The built page, or in its place the reason why there is none. */
export type Page =
  | { readonly kind: 'built'; readonly directory: string }
  | { readonly kind: 'missing'; readonly reason: string };

/** `GET /`: the page. Files under `assets/` carry their hash in their name and never change. */
export function pageRoute(page: Page): RequestHandler {
  if (page.kind === 'missing') {
    return (request, response, next) => {
      if (request.path !== '/' || !['GET', 'HEAD'].includes(request.method)) return next();
      notesOf(response).route = '/';
      response.status(503).type('text/plain').send(`${page.reason}\n`);
    };
  }
  const send = express.static(page.directory, {
    setHeaders: (response, path) => {
      setPageHeaders(response);
      const hashed = path.includes(`${sep}assets${sep}`);
      response.setHeader('Cache-Control', hashed ? 'public, max-age=31536000, immutable' : 'no-cache');
    },
  });
  return (request, response, next) => {
    const notes = notesOf(response);
    notes.route = request.path === '/' ? '/' : '/:asset';
    send(request, response, (error?: unknown) => {
      delete notes.route; // it is no file of the page
      next(fromSendError(error, request.path));
    });
  };
}
