import type { RequestHandler } from 'express';
import type { Statics } from '../../../core/artefacts/artefact.ts';
import { classView } from '../../../core/views/class-view.ts';
import { classForms, classTypes, type WriteClass } from '../../answers/class.ts';
import type { ConcurrencyLimit } from '../../concurrency-limit.ts';
import type { Models, ServedModel } from '../../inference/served-model.ts';
import { memoized, memoizedOf } from '../../memo.ts';
import { readStatics } from '../../models/static-files.ts';
import { preferred } from '../accept.ts';
import { sendCoded } from '../codings.ts';

/** Classes of a model whose answer is kept, in each form. */
const MOST = 32;

/**
 * `GET /models/:name/classes/:class`: the concepts that make a class, as JSON or as a figure, as `Accept` says. It is made
 * once, when it is first asked for: drawing takes longest of all that is answered without a graph.
 * @param turn runs drawing when its turn comes
 */
export function classRoute(models: Models, turn: ConcurrencyLimit): RequestHandler<{ name: string; class: string }> {
  const answersOf = memoizedOf(({ manifest, files }: ServedModel) => {
    let statics: Promise<Statics> | undefined; // whoever loaded the model has checked that its folder is whole
    const read = () => (statics ??= readStatics(manifest, ({ file }) => files.get(file) as Uint8Array));
    return memoizedOf((write: WriteClass) => {
      const written = async (asked: string) => Buffer.from(await write(manifest, await read(), asked));
      return memoized((asked) => turn(() => written(asked)), { most: MOST });
    });
  });
  return async (request, response) => {
    const { name, class: asked } = request.params;
    response.vary('Accept');
    const type = preferred(request.headers.accept ?? '*/*', classTypes);
    const model = models.named(name);
    classView(model.manifest, asked); // throws where there is no such class
    const bytes = await answersOf(model)(classForms[type])(asked);
    response.type(type);
    await sendCoded(request, response, bytes);
  };
}
