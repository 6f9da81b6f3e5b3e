import { type Request, Router } from 'express';
import type { Models, ServedModel } from '../../inference/served-model.ts';
import { memoized, memoizedOf } from '../../memo.ts';
import { sendCoded } from '../codings.ts';
import { methodNotAllowed } from '../middleware/errors.ts';
import { type DocumentOptions, openApiDocument } from './document.ts';
import { documentPage } from './page.ts';

/** `/openapi.json` and `/docs`: what this server answers, for programs and for people. */

interface RouterOptions extends DocumentOptions {
  /** The first is what the page's lines to copy ask. */
  readonly models: Pick<Models, 'all'>;
}

/** Names by which the server is reached whose page is kept. */
const MOST_HOSTS = 8;

/** `GET /openapi.json`, and `GET /docs`: the same for people. */
export function openApiRouter({ models, ...options }: RouterOptions): Router {
  const document = openApiDocument(options);
  const readOnly = methodNotAllowed('GET', 'HEAD');
  const json = Buffer.from(JSON.stringify(document));
  const pagesOf = memoizedOf(([model]: readonly ServedModel[]) =>
    memoized((url) => Buffer.from(documentPage(document, { url, model })), { most: MOST_HOSTS }),
  );
  const router = Router();
  router
    .route('/openapi.json')
    .get((request, response) => sendCoded(request, response.type('json'), json))
    .all(readOnly);
  router
    .route('/docs')
    .get((request, response) => sendCoded(request, response.type('html'), pagesOf(models.all())(originOf(request))))
    .all(readOnly);
  return router;
}

/** Where the client has reached this server. Of a name that is none, nothing is shown. */
function originOf({ protocol, headers: { host = '' } }: Request): string {
  const isHost = /^(\[[\da-f:.]+\]|[\w.-]+)(:\d{1,5})?$/i.test(host) && host.length <= 255;
  return `${protocol}://${isHost ? host : 'localhost'}`;
}
