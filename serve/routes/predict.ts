import type { RequestHandler } from 'express';
import { type PredictResponse, predictQuerySchema } from '../../core/api.ts';
import { fromZodError, SennError } from '../../core/errors.ts';
import type { Manifest } from '../../core/manifest.ts';
import { concatRows, type Tensor } from '../../core/tensor.ts';
import { checkContrast } from '../answer.ts';
import type { Instance } from '../body/instance.ts';
import { instancesReader } from '../body/read.ts';
import { type Engine, modelNamed } from '../engine.ts';
import { featureRow } from '../features.ts';
import { prepareImage } from '../images/prepare.ts';
import type { Limits } from '../limits.ts';

/** `POST /predict`: all instances of a request run as one batch, and its answers keep their order. */
export function predictRoute(engine: Engine, limits: Limits): RequestHandler {
  const readInstances = instancesReader(limits);
  return async (request, response) => {
    const query = predictQuerySchema.safeParse(request.query);
    if (!query.success) throw fromZodError('invalid_request', 'query', query.error);
    const { model: name, invert, ...options } = query.data;
    const model = modelNamed(engine, name);
    const { manifest } = model.folder;
    checkContrast(manifest, options);
    const instances = await readInstances(request, response);
    const rows = await Promise.all(
      instances.map((instance) => inputOf(instance, manifest, { invert, maxPixels: limits.pixelsPerImage })),
    );
    response.json({
      model: manifest.name,
      version: manifest.version,
      executionProvider: model.executionProvider,
      predictions: await model.answer(concatRows(rows), options),
    } satisfies PredictResponse);
  };
}

/** One row of the batch. @returns `[1, …]` in the model's units @throws unsupported_input and what the kind may throw */
async function inputOf(
  instance: Instance,
  { name, input }: Manifest,
  imageOptions: Parameters<typeof prepareImage>[3],
): Promise<Tensor> {
  if (instance.kind === 'image' && input.kind === 'image') {
    return prepareImage(instance.bytes, instance.where, input, imageOptions);
  }
  if (instance.kind === 'features' && input.kind === 'tabular') {
    return featureRow(instance.values, instance.where, input);
  }
  const expected = input.kind === 'image' ? 'image' : 'features';
  throw new SennError(
    'unsupported_input',
    `${instance.where}: model "${name}" takes ${expected}, got ${instance.kind}`,
    { model: name, expected, got: instance.kind },
  );
}
