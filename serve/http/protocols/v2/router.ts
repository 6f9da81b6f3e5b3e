import { type Request, type Response, Router } from 'express';
import type { z } from 'zod';
import type { AttributionAnswer } from '../../../../core/attributions/answers/schema.ts';
import type { Limits } from '../../../config/limits.ts';
import { type JobResult, type Models, type ServedModel, tensorsOf } from '../../../inference/served-model.ts';
import { noteJob } from '../../../observe/request-notes.ts';
import { bytesReader } from '../../body/bounded.ts';
import { admitAll } from '../../middleware/admission.ts';
import { workSignal } from '../../middleware/deadline.ts';
import { methodNotAllowed, notFound } from '../../middleware/errors.ts';
import type { Work } from '../work.ts';
import { inputTensor } from './input.ts';
import { modelMetadata } from './metadata.ts';
import { parseInferRequest } from './request.ts';
import { attributionTensor, type GivenTensor, sendInferResponse } from './response.ts';
import type { liveSchema, modelReadySchema, readySchema, serverMetadataSchema } from './schema.ts';

/** The Open Inference Protocol: https://kserve.github.io/website/docs/concepts/architecture/data-plane/v2-protocol */

export interface V2Options extends Omit<Work, 'batchOf'> {
  /** The version of the package. */
  readonly version: string;
  /** Whether `repositoryRouter` is mounted beside it. */
  readonly repository?: boolean;
}

const MODEL = '/v2/models/:name{/versions/:version}';

/** The routes under `/v2`, except those of `repositoryRouter`, which must be mounted before it. */
export function inferenceV2Router(models: Models, limits: Limits, options: V2Options): Router {
  const { admit = admitAll, ready = () => models.all().length > 0 } = options;
  const readBytes = bytesReader(limits);
  const readOnly = methodNotAllowed('GET', 'HEAD');
  const asked = ({ params: { name, version } }: Request): ServedModel =>
    models.named(String(name), version === undefined ? undefined : String(version));

  const infer = async (request: Request, response: Response): Promise<void> => {
    const model = asked(request);
    const { manifest } = model;
    const headerLength = request.get('inference-header-content-length');
    const asks = await parseInferRequest(await readBytes(request), headerLength, manifest, limits);
    const tensor = inputTensor(asks, manifest, limits);
    const input = { kind: 'tensor', tensor } as const;
    const signal = workSignal(response);
    const note = ({ timings }: JobResult<unknown>): void =>
      noteJob(response, { model: manifest.name, version: manifest.version, timings });
    const given: Record<string, GivenTensor> = {};
    const names = tensorsOf(manifest).filter((name) => asks.outputs.some((output) => output.name === name));
    if (names.length > 0) {
      const result = await model.tensors(input, names, signal);
      note(result);
      Object.assign(given, result.value);
    }
    if (asks.attributions !== undefined) {
      const result = await model.attributions(input, asks.attributions, signal);
      note(result);
      for (const name of asks.attributions.names) {
        given[name] = attributionTensor(result.value.map((answer) => answer[name] as AttributionAnswer));
      }
    }
    sendInferResponse(response, model, asks, given);
  };

  const router = Router();
  router
    .route('/v2')
    .get((_request, response) => {
      const extensions = ['binary_tensor_data', ...(options.repository ? ['model_repository'] : [])];
      const answer = { name: 'senn-onnx', version: options.version, extensions };
      response.json(answer satisfies z.infer<typeof serverMetadataSchema>);
    })
    .all(readOnly);
  router
    .route('/v2/health/live')
    .get((_request, response) => {
      response.set('Cache-Control', 'no-store').json({ live: true } satisfies z.infer<typeof liveSchema>);
    })
    .all(readOnly);
  router
    .route('/v2/health/ready')
    .get((_request, response) => {
      const isReady = ready();
      response.status(isReady ? 200 : 400).set('Cache-Control', 'no-store');
      response.json({ ready: isReady } satisfies z.infer<typeof readySchema>);
    })
    .all(readOnly);
  router
    .route(MODEL)
    .get((request, response) => {
      const { manifest } = asked(request);
      response.json(modelMetadata(manifest, models.versionsOf(manifest.name)));
    })
    .all(readOnly);
  router
    .route(`${MODEL}/ready`)
    .get((request, response) => {
      const { name } = asked(request).manifest;
      const isReady = ready();
      response.status(isReady ? 200 : 400).set('Cache-Control', 'no-store');
      response.json({ name, ready: isReady } satisfies z.infer<typeof modelReadySchema>);
    })
    .all(readOnly);
  router.route(`${MODEL}/infer`).post(admit(infer)).all(methodNotAllowed('POST'));
  router.all('/v2{/*rest}', notFound);
  return router;
}
