import type { RequestHandler } from 'express';
import type { Statics } from '../../../core/artefacts/artefact.ts';
import { classForms, classTypes } from '../../answers/class.ts';
import type { ConcurrencyLimit } from '../../concurrency-limit.ts';
import type { Models, ServedModel } from '../../inference/served-model.ts';
import { readStatics } from '../../models/static-files.ts';
import { preferred } from '../accept.ts';

/** The static artefacts of a model, decoded when they are first asked for. */
const staticsOf = new WeakMap<ServedModel, Promise<Statics>>();

function staticsFor(model: ServedModel): Promise<Statics> {
  const known = staticsOf.get(model);
  if (known !== undefined) return known;
  // whoever loaded the model has checked that its folder is whole
  const reading = readStatics(model.manifest, ({ file }) => model.files.get(file) as Uint8Array);
  staticsOf.set(model, reading);
  return reading;
}

/**
 * `GET /models/:name/classes/:class`: the concepts that make a class, as JSON or as a figure, as `Accept` says.
 * @param turn runs drawing when its turn comes
 */
export function classRoute(models: Models, turn: ConcurrencyLimit): RequestHandler<{ name: string; class: string }> {
  return async (request, response) => {
    const { name, class: asked } = request.params;
    response.vary('Accept');
    const type = preferred(request.headers.accept ?? '*/*', classTypes);
    const model = models.named(name);
    const statics = await staticsFor(model);
    response.type(type).send(await turn(async () => classForms[type](model.manifest, statics, asked)));
  };
}
