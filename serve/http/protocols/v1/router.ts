import { type Request, type RequestHandler, type Response, Router } from 'express';
import { z } from 'zod';
import { type PredictQuery, predictionSchema, predictQuerySchema } from '../../../../core/api.ts';
import { defaultAttributions } from '../../../../core/attributions/answers/names.ts';
import type { AttributionName } from '../../../../core/attributions/attribution.ts';
import { SennError } from '../../../../core/errors.ts';
import type { Manifest } from '../../../../core/manifest.ts';
import { answerOptions } from '../../../answers/answer.ts';
import type { Limits } from '../../../config/limits.ts';
import type { Models } from '../../../inference/served-model.ts';
import { noteJob, notesOf } from '../../../observe/request-notes.ts';
import { preferred } from '../../accept.ts';
import { bytesReader } from '../../body/bounded.ts';
import { admitAll } from '../../middleware/admission.ts';
import { workSignal } from '../../middleware/deadline.ts';
import { methodNotAllowed, notFound } from '../../middleware/errors.ts';
import { parsedQuery } from '../../request-url.ts';
import { JSON_TYPE, sendParts } from '../send.ts';
import type { Work } from '../work.ts';
import { v1Batch } from './batch.ts';
import { parseV1Body } from './body.ts';
import { pickMembers } from './members.ts';

/** KServe's V1 protocol: https://kserve.github.io/website/docs/concepts/architecture/data-plane/v1-protocol */

export const v1PredictQuerySchema = predictQuerySchema.pick({ version: true, invert: true });
export const v1ExplainQuerySchema = predictQuerySchema.omit({ model: true });

/** A prediction without its explanation. */
export const barePredictionSchema = predictionSchema.pick({
  label: true,
  index: true,
  probability: true,
  probabilities: true,
  logits: true,
  warnings: true,
});

export const v1LiveSchema = z.strictObject({ status: z.literal('alive') });
export const v1ModelsSchema = z.strictObject({ models: z.array(z.string()) });
export const v1ReadySchema = z.strictObject({ name: z.string(), ready: z.boolean() });
export const v1PredictResponseSchema = z.strictObject({ predictions: z.array(barePredictionSchema) });
export const v1ExplainResponseSchema = z.strictObject({
  predictions: z.array(barePredictionSchema),
  explanations: z.array(predictionSchema),
});

const bareNames: ReadonlySet<string> = new Set(Object.keys(barePredictionSchema.shape));

interface Verb {
  /** What explains a model where the request does not say. */
  otherwise(manifest: Manifest): readonly AttributionName[];
  options(query: Readonly<Record<string, unknown>>): Omit<PredictQuery, 'model'>;
  body(answers: Uint8Array): readonly (string | Uint8Array)[];
}

/** The verbs that may follow the colon, as in `/v1/models/NAME:predict`. */
const verbs = {
  predict: {
    otherwise: () => [],
    options: (query) => ({
      ...predictQuerySchema.parse({}),
      ...parsedQuery(v1PredictQuerySchema, query),
      explain: [],
    }),
    body: (answers) => ['{"predictions":[', answers, ']}'],
  },
  explain: {
    otherwise: defaultAttributions,
    options: (query) => parsedQuery(v1ExplainQuerySchema, query),
    body: (answers) => ['{"predictions":', pickMembers(answers, bareNames), ',"explanations":[', answers, ']}'],
  },
} satisfies Record<string, Verb>;

/** `NAME:VERB`; a name holds no colon. @throws not_found */
function targetOf(target: string): { readonly name: string; readonly word: string; readonly verb: Verb } {
  const at = target.lastIndexOf(':');
  const word = target.slice(at + 1);
  if (at < 0 || !Object.hasOwn(verbs, word)) {
    const choices = Object.keys(verbs).map((known) => `:${known}`);
    throw new SennError('not_found', `POST /v1/models/NAME takes ${choices.join(' or ')} after the name`, { choices });
  }
  return { name: target.slice(0, at), word, verb: verbs[word as keyof typeof verbs] };
}

/**
 * `GET /`: KServe's clients ask there whether a V1 server lives, and take any type. Browsers ask for HTML: the page.
 */
const live: RequestHandler = ({ headers: { accept = '*/*' } }, response, next) => {
  response.vary('Accept');
  if (preferred(accept, ['application/json', 'text/html']) === 'text/html') return next();
  response.set('Cache-Control', 'no-store').json({ status: 'alive' } satisfies z.infer<typeof v1LiveSchema>);
};

/** The routes under `/v1`, and the protocol's sign of life. The colon is not part of a route's pattern, since clients may send it percent-encoded. */
export function kserveV1Router(models: Models, limits: Limits, work: Work): Router {
  const { admit = admitAll, ready = () => models.all().length > 0 } = work;
  const readBytes = bytesReader(limits);
  const readOnly = methodNotAllowed('GET', 'HEAD');

  const infer = async (request: Request, response: Response): Promise<void> => {
    const { name: last, word, verb } = targetOf(String(request.params['target']));
    const { name = last } = request.params; // where the path names a version too, that stands last
    notesOf(response).route = `/v1/models/:name${name === last ? '' : '/versions/:version'}:${word}`;
    const { version: wanted, invert, ...asked } = verb.options(request.query);
    const model = models.named(String(name), request.params['name'] === undefined ? wanted : last);
    const options = answerOptions(model.manifest, asked, verb.otherwise(model.manifest));
    const instances = await parseV1Body(await readBytes(request), model.manifest, limits);
    const input = await v1Batch(instances, model.manifest, invert, work);
    const { value, timings } = await model.answer(input, options, workSignal(response));
    noteJob(response, { model: model.manifest.name, version: model.manifest.version, timings });
    sendParts(response, JSON_TYPE, verb.body(value));
  };

  const modelReady: RequestHandler = ({ params, method, path }, response) => {
    const target = String(params['target']);
    if (target.includes(':')) {
      response.set('Allow', 'POST');
      throw new SennError('method_not_allowed', `${path} takes POST, not ${method}`, { method, allowed: ['POST'] });
    }
    const named = params['name'];
    const { name } = (named === undefined ? models.named(target) : models.named(String(named), target)).manifest;
    const isReady = ready();
    response.status(isReady ? 200 : 503).json({ name, ready: isReady } satisfies z.infer<typeof v1ReadySchema>);
  };

  const router = Router();
  router.get('/', live);
  router
    .route('/v1/models')
    .get((_request, response) => {
      const names = models.all().map(({ manifest }) => manifest.name);
      response.json({ models: names } satisfies z.infer<typeof v1ModelsSchema>);
    })
    .all(readOnly);
  router
    .route(['/v1/models/:target', '/v1/models/:name/versions/:target'])
    .get(modelReady)
    .post(admit(infer))
    .all(methodNotAllowed('GET', 'HEAD', 'POST'));
  router.all('/v1{/*rest}', notFound);
  return router;
}
