import { Router } from 'express';
import { methodNotAllowed } from '../middleware/errors.ts';
import { type DocumentOptions, openApiDocument } from './document.ts';
import { documentPage } from './page.ts';

/** `GET /openapi.json`, and `GET /docs`: the same for people. */
export function openApiRouter(options: DocumentOptions): Router {
  const document = openApiDocument(options);
  const readOnly = methodNotAllowed('GET', 'HEAD');
  const json = JSON.stringify(document);
  const page = documentPage(document);
  const router = Router();
  router
    .route('/openapi.json')
    .get((_request, response) => {
      response.type('json').send(json);
    })
    .all(readOnly);
  router
    .route('/docs')
    .get((_request, response) => {
      response.type('html').send(page);
    })
    .all(readOnly);
  return router;
}
