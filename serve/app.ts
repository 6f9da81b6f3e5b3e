import express, { type Express } from 'express';
import type { Logger } from 'pino';
import { defaultLimits, type Limits } from './limits.ts';
import { admitted } from './middleware/admission.ts';
import { errorHandler, methodNotAllowed, notFound } from './middleware/errors.ts';
import { securityHeaders } from './middleware/headers.ts';
import { requestLog } from './middleware/log.ts';
import { type HealthFacts, healthRoute } from './routes/health.ts';
import { modelFileRoute, modelsRoute } from './routes/models.ts';
import { type Page, pageRoute } from './routes/page.ts';
import { predictRoute } from './routes/predict.ts';
import type { Models } from './served-model.ts';

export interface AppOptions extends Partial<HealthFacts> {
  readonly models: Models;
  readonly logger: Logger;
  readonly page: Page;
  readonly limits?: Limits;
}

/** The HTTP interface over models. It owns nothing: whoever made the models closes them. */
export function createApp(options: AppOptions): Express {
  const { models, logger, page, version = '', refusedProviders = {}, limits = defaultLimits } = options;
  const app = express().disable('x-powered-by');
  const readOnly = methodNotAllowed('GET', 'HEAD');
  app.use(requestLog(logger), securityHeaders);
  app
    .route('/predict')
    .post(admitted(predictRoute(models, limits), limits))
    .all(methodNotAllowed('POST'));
  app.route('/health').get(healthRoute(models, { version, refusedProviders })).all(readOnly);
  app.route('/models').get(modelsRoute(models)).all(readOnly);
  app.route('/models/:name/:file').get(modelFileRoute(models)).all(readOnly);
  app.use(pageRoute(page));
  app.route('/').all(readOnly);
  return app.use(notFound, errorHandler);
}
