import type { ServerResponse } from 'node:http';
import { parse } from 'node:querystring';
import { type PredictQuery, predictQuerySchema } from '../../../core/api.ts';
import { defaultAttributions } from '../../../core/attributions/answers/names.ts';
import { SennError } from '../../../core/errors.ts';
import { checkPanels } from '../../../core/figure/figure.ts';
import type { Invert } from '../../../core/images/prepare.ts';
import type { Manifest } from '../../../core/manifest.ts';
import { featureRow } from '../../../core/tables/features.ts';
import { concatRows } from '../../../core/tensor.ts';
import { interventionOf } from '../../../core/views/intervention.ts';
import { type AskedOptions, answerOptions } from '../../answers/answer.ts';
import { type ConcurrencyLimit, limitConcurrency } from '../../concurrency-limit.ts';
import type { Limits } from '../../config/limits.ts';
import { decodeAll } from '../../images/decode-all.ts';
import type { BatchInput } from '../../inference/batch-input.ts';
import type { Models, ServedModel } from '../../inference/served-model.ts';
import { memoized, memoizedOf } from '../../memo.ts';
import { notesOf } from '../../observe/request-notes.ts';
import type { Instance } from '../body/instance.ts';
import { instancesReader } from '../body/read.ts';
import { inputsBudget } from '../body/structure.ts';
import type { Handler } from '../middleware/admission.ts';
import { workSignal } from '../middleware/deadline.ts';
import type { Work } from '../protocols/work.ts';
import { checkVersionNamed, parsedQuery, queryOf } from '../request-url.ts';
import { keepHeaders } from '../response-headers.ts';
import { formFor } from './forms.ts';

/** `POST /predict`: all instances of a request run as one batch, and its answers keep their order. */
export function predictRoute(models: Models, limits: Limits, { batchOf, turn }: InputWork): Handler {
  const readInstances = instancesReader(limits);
  // a list of all models is the same one until they change
  const budgetOf = memoizedOf((asked: ServedModel | readonly ServedModel[]) =>
    inputsBudget(
      [asked].flat().map(({ manifest }) => manifest),
      limits,
      false,
    ),
  );
  return async (request, response) => {
    notesOf(response).route = '/predict';
    varyByAccept(response);
    const { name, version, invert, options: wanted } = askedOf(queryOf(request));
    const named = name === undefined ? undefined : models.named(name, version);
    const form = formFor(request);
    const asked = named ?? models.all();
    const instances = await readInstances(request, () => budgetOf(asked));
    const model = named ?? models.taking((instances[0] as Instance).kind);
    const { manifest } = model;
    const options = answerOptions(manifest, wanted, form.isFigure ? defaultAttributions(manifest) : []);
    if (form.isFigure) checkPanels(instances.length, manifest, options);
    const interventions = interventionsOf(instances, manifest);
    const input = { ...(await batchOf(instances, manifest, invert)), ...interventions };
    await form.send({ model, input, options, turn, signal: workSignal(response) }, response);
  };
}

/** The concepts that instances want set. @throws invalid_request */
function interventionsOf(instances: readonly Instance[], manifest: Manifest): Pick<BatchInput, 'interventions'> {
  if (instances.every(({ concepts }) => concepts === undefined)) return {};
  return {
    interventions: instances.map(({ concepts, where }) =>
      concepts === undefined ? undefined : interventionOf(concepts, `${where}.concepts`, manifest),
    ),
  };
}

interface AskedOf extends Pick<PredictQuery, 'version' | 'invert'> {
  readonly name: string | undefined;
  readonly options: AskedOptions;
}

/** What the query asks for. @throws invalid_request */
const askedOf = memoized((query): AskedOf => {
  const { model: name, version, invert, ...options } = parsedQuery(predictQuerySchema, { ...parse(query) });
  checkVersionNamed(name, version);
  return { name, version, invert, options };
});

/**
 * Tells caches that another `Accept` header may get another answer; steps before this, as CORS, may have told of more.
 */
function varyByAccept(response: ServerResponse): void {
  const already = response.getHeader('Vary');
  keepHeaders(response, ['Vary', already === undefined ? 'Accept' : `${already}, Accept`]);
}

/** Decoding of inputs, shared by all routes: together they decode no more images at a time than the limit. */
export interface InputWork extends Pick<Work, 'batchOf'> {
  /** Runs decoding and drawing when their turn comes. */
  readonly turn: ConcurrencyLimit;
}

export function inputWork(limits: Limits): InputWork {
  const turn = limitConcurrency(limits.decodesAtOnce);
  return { turn, batchOf: (instances, manifest, invert) => batchOf(instances, manifest, { invert, limits, turn }) };
}

interface BatchOptions {
  readonly invert: Invert;
  readonly limits: Limits;
  readonly turn: ConcurrencyLimit;
}

/** The name of each kind of instance in requests, for errors. */
const called = { image: 'image', tabular: 'features' } as const satisfies Record<Instance['kind'], string>;

/** @throws unsupported_input and what the kind may throw */
async function batchOf(
  instances: readonly Instance[],
  { name, input }: Manifest,
  { invert, limits, turn }: BatchOptions,
): Promise<BatchInput> {
  const other = instances.find(({ kind }) => kind !== input.kind);
  if (other !== undefined) {
    throw new SennError(
      'unsupported_input',
      `${other.where}: model "${name}" takes ${called[input.kind]}, got ${called[other.kind]}`,
      {
        model: name,
        expected: called[input.kind],
        got: called[other.kind],
      },
    );
  }
  if (input.kind === 'image') {
    const images = instances.filter((instance) => instance.kind === 'image');
    return { kind: 'images', images: await decodeAll(images, input, limits, turn), invert };
  }
  const rows = instances.filter((instance) => instance.kind === 'tabular');
  return { kind: 'tensor', tensor: concatRows(rows.map(({ values, where }) => featureRow(values, where, input))) };
}
