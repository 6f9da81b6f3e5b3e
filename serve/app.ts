import express, { type Express, Router } from 'express';
import type { Logger } from 'pino';
import { adminRouter } from './admin/router.ts';
import type { ServerConfig } from './config/index.ts';
import { defaultLimits } from './limits.ts';
import { admission } from './middleware/admission.ts';
import { identifyClient, type KeyRings, requireAdminKey, requireKey } from './middleware/api-keys.ts';
import { crossOrigin } from './middleware/cors.ts';
import { deadline } from './middleware/deadline.ts';
import { errorHandler, methodNotAllowed, notFound } from './middleware/errors.ts';
import { securityHeaders } from './middleware/headers.ts';
import { requestLog } from './middleware/log.ts';
import { limitRate } from './middleware/rate-limit.ts';
import { createMetrics, type Metrics } from './observe/metrics.ts';
import type { Tracing } from './observe/start-tracing.ts';
import { openApiRouter } from './openapi/router.ts';
import { kserveV1Router } from './protocols/v1/router.ts';
import { repositoryRouter } from './protocols/v2/repository.ts';
import { inferenceV2Router } from './protocols/v2/router.ts';
import { createReadiness, liveRoute, type Readiness, readyRoute } from './readiness.ts';
import { type HealthFacts, healthRoute } from './routes/health.ts';
import { modelFileRoute, modelsRoute } from './routes/models.ts';
import { type Page, pageRoute } from './routes/page.ts';
import { inputWork, predictRoute } from './routes/predict.ts';
import type { ModelAdmin, Models } from './served-model.ts';

export interface AppOptions extends Partial<HealthFacts> {
  readonly models: Models;
  readonly logger: Logger;
  readonly page: Page;
  readonly config?: Partial<Pick<ServerConfig, 'limits' | 'answerTimeoutMs' | 'rateLimit' | 'cors' | 'trustProxy'>>;
  /** With it, the admin routes are there. */
  readonly admin?: ModelAdmin | undefined;
  /** Without them, nobody needs a key. */
  readonly keys?: KeyRings;
  readonly metrics?: Metrics;
  readonly tracing?: Tracing | undefined;
  readonly readiness?: Readiness;
}

const noKeys = { size: 0, owner: () => undefined, close: () => {} };

/** Ready from the start: for models that have been opened, and so have run, before there is an app. */
function readyAtOnce(): Readiness {
  const readiness = createReadiness();
  readiness.warmed();
  return readiness;
}

/** The HTTP interface over models. It owns nothing: whoever made the models closes them. */
export function createApp(options: AppOptions): Express {
  const { models, admin, logger, page, version = '', refusedProviders = {}, config = {} } = options;
  const { limits = defaultLimits, answerTimeoutMs, rateLimit, cors, trustProxy } = config;
  const { keys = { api: noKeys, admin: noKeys }, tracing } = options;
  const { metrics = createMetrics(), readiness = readyAtOnce() } = options;
  const readOnly = methodNotAllowed('GET', 'HEAD');
  const ready = (): boolean => readiness.state().ready;
  const admit = admission(limits);
  const { batchOf, turn } = inputWork(limits);

  const app = express().disable('x-powered-by').disable('etag');
  if (trustProxy !== undefined && trustProxy !== 0) app.set('trust proxy', trustProxy);
  if (tracing !== undefined) app.use(tracing.middleware);
  app.use(metrics.middleware, requestLog(logger), securityHeaders);
  if (cors !== undefined) app.use(crossOrigin(cors));
  app.use(identifyClient(keys));
  if (rateLimit !== undefined) app.use(limitRate(rateLimit));
  app.use(requireKey(keys));
  if (answerTimeoutMs !== undefined) app.use(deadline({ answerTimeoutMs }));

  app
    .route('/predict')
    .post(admit(predictRoute(models, limits, { batchOf, turn })))
    .all(methodNotAllowed('POST'));
  app.route('/health').get(healthRoute(models, { version, refusedProviders })).all(readOnly);
  app.route('/health/live').get(liveRoute).all(readOnly);
  app.route('/health/ready').get(readyRoute(readiness)).all(readOnly);
  app.route('/metrics').get(metrics.route).all(readOnly);
  app.route('/models').get(modelsRoute(models)).all(readOnly);
  app.route('/models/:name/:file').get(modelFileRoute(models)).all(readOnly);
  if (admin !== undefined) {
    const guarded = Router().use(['/admin', '/v2/repository'], requireAdminKey(keys));
    app.use(guarded, adminRouter(models, admin), repositoryRouter(admin, limits));
  }
  app.use(kserveV1Router(models, limits, { batchOf, admit, ready }));
  app.use(inferenceV2Router(models, limits, { version, admit, ready, repository: admin !== undefined }));
  app.use(openApiRouter({ version, admin: admin !== undefined }));
  app.use(pageRoute(page));
  app.route('/').all(readOnly);
  return app.use(notFound, errorHandler);
}
