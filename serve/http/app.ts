import type { RequestListener } from 'node:http';
import express, { Router } from 'express';
import type { Logger } from 'pino';
import { isThisMachine, type ServerConfig } from '../config/index.ts';
import { defaultLimits } from '../config/limits.ts';
import type { CountHit } from '../inference/processes/hit-counter.ts';
import type { ModelAdmin, Models } from '../inference/served-model.ts';
import type { Scoring } from '../jobs/score/scoring.ts';
import { createMetrics, type Metrics } from '../observe/metrics.ts';
import { refuseUnmet } from './body/expect.ts';
import { inFront } from './front.ts';
import { admission } from './middleware/admission.ts';
import { identifyClient, type KeyRings, requireAdminKey, requireKey } from './middleware/api-keys.ts';
import { crossOrigin } from './middleware/cors.ts';
import { deadline } from './middleware/deadline.ts';
import { errorHandler, methodNotAllowed, notFound } from './middleware/errors.ts';
import { refuseForeign } from './middleware/foreign.ts';
import { securityHeaders } from './middleware/headers.ts';
import { requestLog } from './middleware/log.ts';
import { limitRate } from './middleware/rate-limit.ts';
import { countRequests } from './middleware/request-metrics.ts';
import { openApiRouter } from './openapi/router.ts';
import { kserveV1Router } from './protocols/v1/router.ts';
import { repositoryRouter } from './protocols/v2/repository.ts';
import { inferenceV2Router } from './protocols/v2/router.ts';
import { createReadiness, liveRoute, type Readiness, readyRoute } from './readiness.ts';
import { pathOf } from './request-url.ts';
import { settleHeaders } from './response-headers.ts';
import { adminRouter } from './routes/admin/router.ts';
import { classRoute } from './routes/classes.ts';
import { type HealthFacts, healthRoute } from './routes/health.ts';
import { metricsRoute } from './routes/metrics.ts';
import { modelFileRoute, modelsRoute } from './routes/models.ts';
import { type Page, pageRoute } from './routes/page.ts';
import { inputWork, predictRoute } from './routes/predict.ts';
import { scoringRouter } from './scoring/router.ts';
import type { Step } from './step.ts';

/** Puts the HTTP interface together: which stages a request passes, in which order, and which route answers it. */

export interface AppOptions extends Partial<HealthFacts> {
  readonly models: Models;
  readonly logger: Logger;
  readonly page: Page;
  readonly config?: Partial<
    Pick<ServerConfig, 'host' | 'limits' | 'answerTimeoutMs' | 'rateLimit' | 'cors' | 'trustProxy' | 'allowedHosts'>
  >;
  /** Without it there are no admin routes. */
  readonly admin?: ModelAdmin | undefined;
  /** Without them nobody needs a key. */
  readonly keys?: KeyRings;
  readonly metrics?: Metrics;
  /** Without it there are no routes that score. */
  readonly scoring?: Scoring | undefined;
  /** Makes the spans of requests; without it there are none. */
  readonly traceRequests?: Step | undefined;
  readonly readiness?: Readiness;
  /** Counts the requests of a client over all processes of the server; by default those of this process. */
  readonly countHit?: CountHit | undefined;
}

const ANSWER_TIMEOUT = 30_000;

const noKeys = { size: 0, owner: () => undefined, close: () => {} };

/** Ready from the start: whoever opened the models has run them already. */
function readyAtOnce(): Readiness {
  const readiness = createReadiness();
  readiness.started();
  return readiness;
}

/**
 * The HTTP interface over models. `/predict`, and the stages that every request passes, run in front of Express; all
 * other routes are Express's (see `inFront`). It owns nothing: whoever made the models closes them.
 */
export function createApp(options: AppOptions): RequestListener {
  const { models, admin, logger, page, version = '', refusedProviders = {}, config = {} } = options;
  const { limits = defaultLimits, answerTimeoutMs = ANSWER_TIMEOUT, trustProxy = 0, allowedHosts = [] } = config;
  const { rateLimit = { requestsPerMinute: 0 }, cors = { origins: [] } } = config;
  const isLight = rateLimit.requestsPerMinute === 0; // the rate limiter is an Express middleware and cannot run before it

  const { keys = { api: noKeys, admin: noKeys }, traceRequests, countHit, scoring } = options;
  const { metrics = createMetrics(), readiness = readyAtOnce() } = options;
  const readOnly = methodNotAllowed('GET', 'HEAD');
  const ready = (): boolean => readiness.state().ready;
  const admit = admission(limits);
  const { batchOf, turn } = inputWork(limits);

  const first: Step[] = [
    ...(traceRequests === undefined ? [] : [traceRequests]),
    countRequests(metrics),
    requestLog(logger),
    securityHeaders,
    refuseUnmet,
    crossOrigin(cors),
    identifyClient(keys),
    deadline({ answerTimeoutMs }),
  ];
  const predict = admit(predictRoute(models, limits, { batchOf, turn }));

  const app = express().disable('x-powered-by').disable('etag').set('trust proxy', trustProxy);
  if (!isLight) app.use(...first, limitRate(rateLimit, keys, countHit), requireKey(keys)).post('/predict', predict);
  app.use(settleHeaders);
  app.route('/predict').all(methodNotAllowed('POST'));
  app.route('/health').get(healthRoute(models, { version, refusedProviders })).all(readOnly);
  app.route('/health/live').get(liveRoute).all(readOnly);
  app.route('/health/ready').get(readyRoute(readiness)).all(readOnly);
  app.route('/metrics').get(metricsRoute(metrics)).all(readOnly);
  app.route('/models').get(modelsRoute(models)).all(readOnly);
  app.route('/models/:name/:file').get(modelFileRoute(models)).all(readOnly);
  app.route('/models/:name/classes/:class').get(classRoute(models, turn)).all(readOnly);
  if (admin !== undefined) {
    const guarded = Router().use(['/admin', '/v2/repository'], requireAdminKey(keys, allowedHosts));
    app.use(guarded, adminRouter(models, admin, limits), repositoryRouter(admin, limits));
  }
  if (scoring !== undefined) {
    // where others may reach the server and no names are given, it goes by any: whoever can call it may
    const isOpen = !isThisMachine(config.host ?? 'localhost') && allowedHosts.length === 0;
    const allowed = { hosts: isOpen ? undefined : allowedHosts, origins: cors.origins };
    if (keys.api.size === 0) app.use(['/score', '/jobs'], refuseForeign(allowed, 'jobs'));
    app.use(scoringRouter({ models, limits, scoring, turn, admit }));
  }
  app.use(kserveV1Router(models, limits, { batchOf, admit, ready }));
  app.use(inferenceV2Router(models, limits, { version, admit, ready, repository: admin !== undefined }));
  app.use(openApiRouter({ version, admin: admin !== undefined, scoring: scoring !== undefined, models }));
  app.use(pageRoute(page));
  app.route('/').all(readOnly);
  app.use(notFound, errorHandler);

  if (!isLight) return app;
  return inFront([...first, requireKey(keys)], (request, response) => {
    const isPredict = request.method === 'POST' && pathOf(request) === '/predict';
    return isPredict ? predict(request, response) : app(request, response);
  });
}
