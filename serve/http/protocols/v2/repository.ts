import { type RequestHandler, Router } from 'express';
import { z } from 'zod';
import type { Limits } from '../../../config/limits.ts';
import type { ModelAdmin } from '../../../inference/served-model.ts';
import { bytesReader } from '../../body/bounded.ts';
import { smallBody } from '../../body/parse-json.ts';
import { methodNotAllowed } from '../../middleware/errors.ts';
import { listedName } from '../../routes/admin/listed-name.ts';

/**
 * Triton's model repository extension:
 * https://github.com/triton-inference-server/server/blob/main/docs/protocol/extension_model_repository.md
 */

export const indexRequestSchema = z.strictObject({ ready: z.boolean().nullish() });

/** `unload_dependents` is taken and does nothing: no model depends on another. `config` may only be left out, by null. */
export const repositoryRequestSchema = z.strictObject({
  parameters: z.strictObject({ unload_dependents: z.boolean().nullish(), config: z.null().optional() }).nullish(),
});

export const repositoryIndexSchema = z.array(
  z.strictObject({
    name: z.string(),
    version: z.string(),
    state: z.enum(['READY', 'UNAVAILABLE']),
    reason: z.string(),
  }),
);
export const repositoryDoneSchema = z.strictObject({});

const states = { ready: 'READY', unavailable: 'UNAVAILABLE' } as const;

/**
 * The routes under `/v2/repository`. Mounted only where the administration is switched on, before `inferenceV2Router`.
 */
export function repositoryRouter(admin: ModelAdmin, limits: Limits): Router {
  const readBytes = bytesReader(limits);
  const onlyPost = methodNotAllowed('POST');

  /**
   * Refuses bodies with a `config` or with files: those would make a model that is not in the directory, or write
   * there.
   */
  const changing =
    (change: (name: string) => Promise<unknown>): RequestHandler =>
    async (request, response) => {
      await smallBody(request, readBytes, repositoryRequestSchema);
      await change(await listedName(admin, String(request.params['name'])));
      response.json({} satisfies z.infer<typeof repositoryDoneSchema>);
    };

  const router = Router();
  router
    .route('/v2/repository/index')
    .post(async (request, response) => {
      const { ready } = await smallBody(request, readBytes, indexRequestSchema);
      const entries = (await admin.index()).filter(({ state }) => ready !== true || state === 'ready');
      response.json(
        entries.map(({ name, version, state, reason }) => ({ name, version, state: states[state], reason })),
      );
    })
    .all(onlyPost);
  router
    .route('/v2/repository/models/:name/load')
    .post(changing((name) => admin.load(name)))
    .all(onlyPost);
  router
    .route('/v2/repository/models/:name/unload')
    .post(changing((name) => admin.unload(name)))
    .all(onlyPost);
  return router;
}
