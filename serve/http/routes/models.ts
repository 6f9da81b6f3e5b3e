import type { RequestHandler } from 'express';
import { auditSentence } from '../../../core/audit/sentence.ts';
import { SennError } from '../../../core/errors.ts';
import { listedFiles, type Manifest } from '../../../core/manifest.ts';
import type { Models, ServedModel } from '../../inference/served-model.ts';
import { memoizedOf } from '../../memo.ts';
import { sendCoded } from '../codings.ts';

/** `GET /models`: the models that can be asked, with their classes, concepts and scores. */
export function modelsRoute(models: Models): RequestHandler {
  /** Made once for each list, which is another one as soon as any model changes. */
  const answerOf = memoizedOf((served: readonly ServedModel[]) => {
    const listed = served.map(({ manifest, executionProvider }) => ({
      ...summaryOf(manifest),
      versions: models.versionsOf(manifest.name),
      executionProvider,
    }));
    return Buffer.from(JSON.stringify({ models: listed }));
  });
  return async (request, response) => {
    response.type('json');
    await sendCoded(request, response, answerOf(models.all()));
  };
}

function summaryOf({ training, metrics, audit, ...manifest }: Manifest) {
  const { name, version, kind, input, classes, concepts, parameterizer, artefacts } = manifest;
  const described = { name, version, kind, input, classes, concepts, parameterizer, artefacts };
  const sentence = auditSentence(audit);
  const audited = { ...(audit && { audit }), ...(sentence && { auditSentence: sentence }) };
  if (training === undefined) return { ...described, metrics, ...audited };
  const { data, seed, backend } = training;
  return { ...described, metrics, ...audited, training: { data, seed, backend } };
}

/**
 * `GET /models/:name/:file`: the manifest and the files it lists, for a client that runs the model itself. They come
 * from memory, as the model was loaded: a folder that is being replaced never shows half of each.
 */
export function modelFileRoute(models: Models): RequestHandler<{ name: string; file: string }> {
  return async (request, response) => {
    const { name, file } = request.params;
    const { files, manifest } = models.named(name);
    const bytes = files.get(file);
    if (bytes === undefined) {
      const choices = [...files.keys()];
      throw new SennError('not_found', `model "${name}" has no file "${file}"; choose ${choices.join(', ')}`, {
        choices,
      });
    }
    const listed = listedFiles(manifest).find((entry) => entry.file === file);
    response.type(file);
    await sendCoded(request, response, bytes, listed?.sha256);
  };
}
