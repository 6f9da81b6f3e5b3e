import type { RequestHandler } from 'express';
import type { Models } from '../../inference/served-model.ts';

/** `GET /health`: for people and monitors that want to see what runs; orchestrators ask the routes of readiness.ts. */

export interface HealthFacts {
  /** The version of the package. */
  readonly version: string;
  /** Why the execution providers that come before the one in use do not run, by their name. */
  readonly refusedProviders: Readonly<Record<string, string>>;
}

/** `GET /health`: alive, and what runs. */
export function healthRoute(models: Models, { version, refusedProviders }: HealthFacts): RequestHandler {
  const startedAt = Date.now();
  return (_request, response) => {
    const served = models.all();
    response.set('Cache-Control', 'no-store').json({
      status: 'ok',
      version,
      executionProvider: served[0]?.executionProvider,
      refusedProviders,
      models: served.map(({ manifest }) => manifest.name),
      uptimeSeconds: (Date.now() - startedAt) / 1000,
    });
  };
}
