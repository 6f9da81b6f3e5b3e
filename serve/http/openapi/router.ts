import { Router } from 'express';
import { sendCoded } from '../codings.ts';
import { methodNotAllowed } from '../middleware/errors.ts';
import { type DocumentOptions, openApiDocument } from './document.ts';
import { documentPage } from './page.ts';

/** `GET /openapi.json`, and `GET /docs`: the same for people. */
export function openApiRouter(options: DocumentOptions): Router {
  const document = openApiDocument(options);
  const readOnly = methodNotAllowed('GET', 'HEAD');
  const json = Buffer.from(JSON.stringify(document));
  const page = Buffer.from(documentPage(document));
  const router = Router();
  router
    .route('/openapi.json')
    .get((request, response) => sendCoded(request, response.type('json'), json))
    .all(readOnly);
  router
    .route('/docs')
    .get((request, response) => sendCoded(request, response.type('html'), page))
    .all(readOnly);
  return router;
}
