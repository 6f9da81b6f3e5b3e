import type { RequestHandler } from 'express';
import { SennError } from '../../core/errors.ts';
import type { Manifest } from '../../core/manifest.ts';
import { type Engine, modelNamed } from '../engine.ts';
import { fromSendError } from './send-error.ts';

/** `GET /models`: what can be asked, and how good it is. */
export function modelsRoute(engine: Engine): RequestHandler {
  const models = [...engine.models.values()].map(({ folder }) => summaryOf(folder.manifest));
  return (_request, response) => {
    response.json({ models });
  };
}

function summaryOf({ name, version, kind, input, classes, concepts, metrics, training }: Manifest) {
  const { data, seed, backend } = training;
  return { name, version, kind, input, classes, concepts, metrics, training: { data, seed, backend } };
}

/**
 * `GET /models/:name/:file`: the manifest and the files it lists, for a client that runs the model itself.
 * The path on disk comes from the manifest; a request only chooses among them.
 */
export function modelFileRoute(engine: Engine): RequestHandler<{ name: string; file: string }> {
  return ({ params, path }, response, next) => {
    const { folder } = modelNamed(engine, params.name);
    const { graphs, golden } = folder.manifest;
    const listed = [...Object.values(graphs), golden];
    const found = listed.find(({ file }) => file === params.file);
    if (found === undefined && params.file !== 'manifest.json') {
      const choices = ['manifest.json', ...listed.map(({ file }) => file)];
      throw new SennError(
        'not_found',
        `model "${params.name}" has no file "${params.file}"; choose ${choices.join(', ')}`,
        {
          choices,
        },
      );
    }
    response.set('Cache-Control', 'no-cache');
    if (found !== undefined) response.set('ETag', `"${found.sha256}"`);
    response.sendFile(found?.file ?? 'manifest.json', { root: folder.path, cacheControl: false }, (error) => {
      if (error) next(fromSendError(error, path));
    });
  };
}
