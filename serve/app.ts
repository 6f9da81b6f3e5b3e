import express, { type Express } from 'express';
import type { Logger } from 'pino';
import type { Engine } from './engine.ts';
import { defaultLimits, type Limits } from './limits.ts';
import { admitted } from './middleware/admission.ts';
import { errorHandler, methodNotAllowed, notFound } from './middleware/errors.ts';
import { securityHeaders } from './middleware/headers.ts';
import { requestLog } from './middleware/log.ts';
import { healthRoute } from './routes/health.ts';
import { modelFileRoute, modelsRoute } from './routes/models.ts';
import { type Page, pageRoute } from './routes/page.ts';
import { predictRoute } from './routes/predict.ts';

export interface AppOptions {
  readonly engine: Engine;
  readonly logger: Logger;
  readonly page: Page;
  /** Of the package. */
  readonly version: string;
  readonly limits?: Limits;
}

/** The HTTP interface over an engine. It owns nothing: whoever made the engine closes it. */
export function createApp({ engine, logger, page, version, limits = defaultLimits }: AppOptions): Express {
  const app = express().disable('x-powered-by');
  const readOnly = methodNotAllowed('GET', 'HEAD');
  app.use(requestLog(logger), securityHeaders);
  app
    .route('/predict')
    .post(admitted(predictRoute(engine, limits), limits))
    .all(methodNotAllowed('POST'));
  app
    .route('/health')
    .get(healthRoute(engine, version, Date.now()))
    .all(readOnly);
  app.route('/models').get(modelsRoute(engine)).all(readOnly);
  app.route('/models/:name/:file').get(modelFileRoute(engine)).all(readOnly);
  app.use(pageRoute(page));
  app.route('/').all(readOnly);
  return app.use(notFound, errorHandler);
}
