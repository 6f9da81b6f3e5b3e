import type { RequestHandler } from 'express';
import type { Engine } from '../engine.ts';

/** `GET /health`: alive, and what runs. */
export function healthRoute(engine: Engine, version: string, startedAt: number): RequestHandler {
  return (_request, response) => {
    const models = [...engine.models.values()];
    response.set('Cache-Control', 'no-store').json({
      status: 'ok',
      version,
      executionProvider: models[0]?.executionProvider,
      models: models.map(({ folder }) => folder.manifest.name),
      uptimeSeconds: (Date.now() - startedAt) / 1000,
    });
  };
}
