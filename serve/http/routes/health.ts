import type { RequestHandler } from 'express';
import type { Models } from '../../inference/served-model.ts';

export interface HealthFacts {
  /** Of the package. */
  readonly version: string;
  /** Why execution providers before the one that runs were passed over. */
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
