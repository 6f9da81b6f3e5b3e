import type { ZodError } from 'zod';
import { predictBodySchema } from '../../../core/api.ts';
import { type ErrorCode, fromZodError, SennError } from '../../../core/errors.ts';
import type { Limits } from '../../config/limits.ts';
import { bytesReader } from './bounded.ts';
import { checkCount, type ReadInstances } from './instance.ts';
import { parseJson } from './parse-json.ts';

/** Reads `{ "instances": [{ "image": "<base64>" } | { "features": { … } }] }`, each with `concepts` that are to be set or without. */
export function jsonReader(limits: Limits): ReadInstances {
  const readBytes = bytesReader(limits);
  return async (request, budget) => {
    const body = await parseJson(await readBytes(request), budget());
    checkSizes(body, limits);
    const parsed = predictBodySchema.safeParse(body);
    if (!parsed.success) throw fromZodError(codeOf(parsed.error), 'body', parsed.error);
    return parsed.data.instances.map(({ image, features, concepts }, i) => {
      const where = `instances.${i}`;
      const wanted = { where, concepts: concepts ?? undefined };
      return image == null
        ? { kind: 'tabular', ...wanted, values: features ?? {} }
        : { kind: 'image', ...wanted, bytes: Buffer.from(image, 'base64') };
    });
  };
}

/** The error code: `invalid_features` where nothing but features is wrong. */
function codeOf({ issues }: ZodError): ErrorCode {
  return issues.every(({ path }) => path[2] === 'features') ? 'invalid_features' : 'invalid_request';
}

/**
 * Checks how many instances and features there are before the schema looks at each of them: zod makes an issue for
 * every wrong one, and a million issues take many times the memory of the body.
 * @throws payload_too_large, invalid_request
 */
function checkSizes(body: unknown, limits: Limits): void {
  const instances: unknown = isObject(body) ? body['instances'] : undefined;
  if (!Array.isArray(instances)) {
    throw new SennError('invalid_request', 'body: must be {"instances": […]}', { expected: 'instances' });
  }
  checkCount(instances.length, 'instances', limits);
  const most = limits.featuresPerInstance;
  instances.forEach((instance: unknown, i) => {
    for (const what of ['features', 'concepts']) {
      const values = isObject(instance) ? instance[what] : undefined;
      const count = isObject(values) ? Object.keys(values).length : 0;
      if (count > most) {
        throw new SennError('payload_too_large', `instances.${i}: ${count} ${what}; at most ${most} are taken`, {
          count,
          most,
        });
      }
    }
  });
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;
