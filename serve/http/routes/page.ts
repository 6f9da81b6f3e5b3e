import { existsSync, readdirSync, statSync } from 'node:fs';
import { extname, join, sep } from 'node:path';
import express, { type RequestHandler, type Response } from 'express';
import { notesOf } from '../../observe/request-notes.ts';
import { type Coding, codingFor, codings, DECODED_LENGTH } from '../codings.ts';
import { setPageHeaders } from '../middleware/headers.ts';
import { fromSendError } from './send-error.ts';

/** The built page, or in its place the reason why there is none. */
export type Page =
  | { readonly kind: 'built'; readonly directory: string }
  | { readonly kind: 'missing'; readonly reason: string };

/** What the build has put beside a file in each coding ends in this (web-client/vite.config.ts). */
const suffixes = { br: '.br', gzip: '.gz' } satisfies Record<Coding, string>;

/** `GET /`: the page. Files under `assets/` carry their hash in their name and never change. */
export function pageRoute(page: Page): RequestHandler {
  if (page.kind === 'missing') {
    return (request, response, next) => {
      if (request.path !== '/' || !['GET', 'HEAD'].includes(request.method)) return next();
      notesOf(response).route = '/';
      response.status(503).type('text/plain').send(`${page.reason}\n`);
    };
  }
  const compressed = compressedFiles(page.directory);
  const send = express.static(page.directory, {
    setHeaders: (response, path) => {
      setPageHeaders(response);
      const hashed = path.includes(`${sep}assets${sep}`);
      response.setHeader('Cache-Control', hashed ? 'public, max-age=31536000, immutable' : 'no-cache');
      const coding = codings.find((coding) => path.endsWith(suffixes[coding]));
      const original = coding && path.slice(0, -suffixes[coding].length);
      const file = original && compressed.get(original);
      if (!file) return;
      (response as Response)
        .type(extname(original))
        .set({ 'Content-Encoding': coding, [DECODED_LENGTH]: String(file.size) });
    },
  });
  return (request, response, next) => {
    const notes = notesOf(response);
    notes.route = request.path === '/' ? '/' : '/:asset';
    const { url, path } = request;
    const file = path === '/' ? '/index.html' : path;
    const found = compressed.get(join(page.directory, file));
    if (found !== undefined) {
      response.vary('Accept-Encoding');
      const coding = codingFor(request.headers['accept-encoding'], found.codings);
      if (coding !== undefined) request.url = file + suffixes[coding];
    }
    send(request, response, (error?: unknown) => {
      request.url = url;
      delete notes.route; // it is no file of the page
      next(fromSendError(error, path));
    });
  };
}

interface CompressedFile {
  /** Of the file as it is, in bytes. */
  readonly size: number;
  /** What lies beside it. */
  readonly codings: readonly Coding[];
}

/** The files of the page that were compressed when it was built, by their paths on disk. */
function compressedFiles(directory: string): ReadonlyMap<string, CompressedFile> {
  const files = readdirSync(directory, { recursive: true, encoding: 'utf8' }).map((file) => join(directory, file));
  return new Map(
    files.flatMap((file) => {
      const found = codings.filter((coding) => existsSync(file + suffixes[coding]));
      return found.length === 0 ? [] : [[file, { size: statSync(file).size, codings: found }] as const];
    }),
  );
}
