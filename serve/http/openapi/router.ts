import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { Router } from 'express';
import { methodNotAllowed } from '../middleware/errors.ts';
import { setPageHeaders } from '../middleware/headers.ts';
import { fromSendError } from '../routes/send-error.ts';
import { type DocumentOptions, openApiDocument } from './document.ts';

/** `GET /openapi.json`, and `GET /docs`: the same for people, by Swagger UI from this server alone. */

const PAGE = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>senn-onnx: HTTP interface</title>
    <link rel="stylesheet" href="/docs/swagger-ui.css">
    <link rel="icon" type="image/png" href="/docs/favicon-32x32.png">
    <script src="/docs/swagger-ui-bundle.js" defer></script>
    <script src="/docs/start.js" defer></script>
  </head>
  <body><div id="swagger-ui"></div></body>
</html>
`;

/**
 * The script that starts Swagger UI, as a file: the page's security policy forbids scripts inside it. Without
 * `validatorUrl: null` Swagger UI would send the document to a server of others.
 */
const START = `SwaggerUIBundle({ url: '/openapi.json', dom_id: '#swagger-ui', deepLinking: true, validatorUrl: null });
`;

/** The files of Swagger UI that the page loads. */
const files = ['swagger-ui.css', 'swagger-ui-bundle.js', 'favicon-32x32.png'] as const;

export function openApiRouter(options: DocumentOptions): Router {
  const root = dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));
  const document = JSON.stringify(openApiDocument(options));
  const readOnly = methodNotAllowed('GET', 'HEAD');
  const router = Router();
  router
    .route('/openapi.json')
    .get((_request, response) => {
      response.type('json').send(document);
    })
    .all(readOnly);
  router.use('/docs', (_request, response, next) => {
    setPageHeaders(response);
    next();
  });
  router
    .route('/docs')
    .get((_request, response) => {
      response.type('html').send(PAGE);
    })
    .all(readOnly);
  router
    .route('/docs/start.js')
    .get((_request, response) => {
      response.type('text/javascript').send(START);
    })
    .all(readOnly);
  for (const file of files) {
    router
      .route(`/docs/${file}`)
      .get(({ path }, response, next) => {
        response.sendFile(file, { root, maxAge: '1h' }, (error) => {
          if (error) next(fromSendError(error, path));
        });
      })
      .all(readOnly);
  }
  return router;
}
