import { Router } from 'express';
import { z } from 'zod';
import { SennError } from '../../../../core/errors.ts';
import type { Limits } from '../../../config/limits.ts';
import type { ModelAdmin, Models } from '../../../inference/served-model.ts';
import type { ModelIndexEntry } from '../../../models/catalogue.ts';
import { bytesReader } from '../../body/bounded.ts';
import { smallBody } from '../../body/parse-json.ts';
import { methodNotAllowed } from '../../middleware/errors.ts';
import { listedName } from './listed-name.ts';

/**
 * The admin routes: which models are served, and loading and unloading them. Mounted only where they are switched on.
 */

export const indexEntrySchema = z.strictObject({
  name: z.string(),
  version: z.string(),
  state: z.enum(['ready', 'unavailable']),
  /** Why it is not served. */
  reason: z.string(),
});
export const adminModelsSchema = z.strictObject({ models: z.array(indexEntrySchema) });

/** A change is told by its path alone: a body that asks for more, as for another configuration, is refused. */
const noBodySchema = z.strictObject({});

type Change = (name: string, models: Models, admin: ModelAdmin) => Promise<ModelIndexEntry>;

const load: Change = async (name, _models, admin) => {
  const { manifest } = await admin.load(name);
  return { name: manifest.name, version: manifest.version, state: 'ready', reason: '' };
};

const changes = {
  load,
  /** Like `load`, but only for a model that is served already. */
  reload: async (name, models, admin) => {
    models.named(name);
    return load(name, models, admin);
  },
  unload: async (name, models, admin) => {
    const { version } = models.named(name).manifest;
    await admin.unload(name);
    return { name, version, state: 'unavailable', reason: 'unloaded' };
  },
} satisfies Record<string, Change>;

export const changeNames = Object.keys(changes) as (keyof typeof changes)[];

/** `GET /admin/models`, and `POST /admin/models/NAME/load|reload|unload`. */
export function adminRouter(models: Models, admin: ModelAdmin, limits: Limits): Router {
  const readBytes = bytesReader(limits);
  const router = Router();
  router
    .route('/admin/models')
    .get(async (_request, response) => {
      const index = await admin.index();
      response
        .set('Cache-Control', 'no-store')
        .json({ models: [...index] } satisfies z.infer<typeof adminModelsSchema>);
    })
    .all(methodNotAllowed('GET', 'HEAD'));
  router
    .route('/admin/models/:name/:change')
    .post(async (request, response) => {
      const { name, change } = request.params;
      if (!Object.hasOwn(changes, change)) {
        throw new SennError('not_found', `no route POST ${request.path}; choose ${changeNames.join(', ')}`, {
          choices: changeNames,
        });
      }
      await smallBody(request, readBytes, noBodySchema);
      const known = await listedName(admin, name);
      response.json(await changes[change as keyof typeof changes](known, models, admin));
    })
    .all(methodNotAllowed('POST'));
  return router;
}
