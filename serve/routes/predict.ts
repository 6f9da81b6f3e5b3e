import type { RequestHandler } from 'express';
import { predictQuerySchema } from '../../core/api.ts';
import { fromZodError, SennError } from '../../core/errors.ts';
import type { Invert } from '../../core/images/prepare.ts';
import type { Manifest } from '../../core/manifest.ts';
import { featureRow } from '../../core/tables/features.ts';
import { concatRows } from '../../core/tensor.ts';
import { checkContrast } from '../answer.ts';
import { type AtOnce, atOnce } from '../at-once.ts';
import type { BatchInput } from '../batch-input.ts';
import type { Instance } from '../body/instance.ts';
import { instancesReader } from '../body/read.ts';
import { checkPanels } from '../explain/figure.ts';
import { decodeAll } from '../images/decode-all.ts';
import type { Limits } from '../limits.ts';
import { workSignal } from '../middleware/deadline.ts';
import type { Work } from '../protocols/work.ts';
import type { Models } from '../served-model.ts';
import { formFor } from './forms.ts';

/** `POST /predict`: all instances of a request run as one batch, and its answers keep their order. */
export function predictRoute(models: Models, limits: Limits, { batchOf, turn }: InputWork): RequestHandler {
  const readInstances = instancesReader(limits);
  return async (request, response) => {
    response.vary('Accept');
    const query = predictQuerySchema.safeParse(request.query);
    if (!query.success) throw fromZodError('invalid_request', 'query', query.error);
    const { model: name, version, invert, ...options } = query.data;
    const named = name === undefined ? undefined : models.named(name, version);
    const form = formFor(request);
    const instances = await readInstances(request, response);
    const model = named ?? models.taking((instances[0] as Instance).kind);
    const { manifest } = model;
    checkContrast(manifest, options);
    if (form.isFigure) checkPanels(instances.length, manifest, options);
    const input = await batchOf(instances, manifest, invert);
    await form.send({ model, input, options, turn, signal: workSignal(response) }, response);
  };
}

/** Decoding, shared by all routes that take images. */
export interface InputWork extends Pick<Work, 'batchOf'> {
  /** Decoding and drawing wait their turn. */
  readonly turn: AtOnce;
}

export function inputWork(limits: Limits): InputWork {
  const turn = atOnce(limits.decodesAtOnce);
  return { turn, batchOf: (instances, manifest, invert) => batchOf(instances, manifest, { invert, limits, turn }) };
}

interface BatchOptions {
  readonly invert: Invert;
  readonly limits: Limits;
  readonly turn: AtOnce;
}

/** What an instance is called in the request. */
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
