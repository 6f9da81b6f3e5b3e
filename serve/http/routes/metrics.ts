import type { RequestHandler } from 'express';
import type { Metrics } from '../../observe/metrics.ts';

/** `GET /metrics`: what the server has counted, in Prometheus' text format. */
export function metricsRoute(metrics: Pick<Metrics, 'contentType' | 'text'>): RequestHandler {
  return async (_request, response) => {
    response
      .set('Cache-Control', 'no-store')
      .type(metrics.contentType)
      .send(await metrics.text());
  };
}
