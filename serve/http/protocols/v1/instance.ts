import { z } from 'zod';
import { base64Schema, featuresSchema } from '../../../../core/api.ts';
import { SennError } from '../../../../core/errors.ts';
import { told } from '../../../../core/text/told.ts';
import type { Limits } from '../../../config/limits.ts';
import type { Instance } from '../../body/instance.ts';
import { isObject, parsedAs } from '../../body/parse-json.ts';

/** The forms of an instance that clients of the V1 protocol send. */

/** An instance of `/predict`, or one that only V1 has: numbers in the model's own units, nested as its input. */
export type V1Instance =
  | Instance
  | { readonly kind: 'numbers'; readonly where: string; readonly lists: readonly unknown[] };

const base64 = base64Schema;
/** Bytes in JSON as TensorFlow Serving writes them. */
const bytes = z.strictObject({ b64: base64 });
/** Lists of numbers. How deep they must be nested depends on the model, so batch.ts checks their elements. */
const lists = z.array(z.unknown(), 'must be a list of numbers');

/** For the OpenAPI document. A request is parsed by `forms`, whose errors say better what is wrong. */
export const v1InstanceSchema = z.union([
  z.strictObject({ image: z.union([base64, bytes]) }),
  bytes,
  z.strictObject({ features: featuresSchema }),
  z.strictObject({ input: lists }),
  lists,
]);

type Form = (value: unknown, where: string, limits: Limits) => V1Instance;

function file(value: unknown, where: string): V1Instance {
  return { kind: 'image', where, bytes: Buffer.from(parsedAs(base64, value, where), 'base64') };
}

const forms = {
  image: (value, where) =>
    isObject(value) ? file(parsedAs(bytes, value, `${where}.image`).b64, where) : file(value, `${where}.image`),
  b64: (value, where) => file(value, `${where}.b64`),
  features: (value, where, { featuresPerInstance: most }) => {
    const count = isObject(value) ? Object.keys(value).length : 0;
    if (count > most) {
      throw new SennError('payload_too_large', `${where}: ${count} features; at most ${most} are taken`, {
        count,
        most,
      });
    }
    return { kind: 'tabular', where, values: parsedAs(featuresSchema, value, `${where}.features`, 'invalid_features') };
  },
  input: (value, where) => ({ kind: 'numbers', where, lists: parsedAs(lists, value, `${where}.input`) }),
} satisfies Record<string, Form>;

/** Forms that are null are left out, as clients write them. @throws invalid_request, invalid_features, payload_too_large */
export function v1Instance(value: unknown, where: string, limits: Limits): V1Instance {
  if (Array.isArray(value)) return forms.input(value, where);
  const isLeftOut = (name: string): boolean => isObject(value) && value[name] === null && Object.hasOwn(forms, name);
  const keys = isObject(value) ? Object.keys(value).filter((name) => !isLeftOut(name)) : [];
  const [key = ''] = keys;
  if (!isObject(value) || keys.length !== 1 || !Object.hasOwn(forms, key)) {
    const got = isObject(value)
      ? `{${keys.slice(0, 5).map((name) => JSON.stringify(name.slice(0, 40)))}}`
      : told(value);
    const choices = Object.keys(forms);
    throw new SennError(
      'invalid_request',
      `${where}: must be a list of numbers, or an object with one of ${choices.join(', ')}; got ${got}`,
      { where, choices },
    );
  }
  return forms[key as keyof typeof forms](value[key], where, limits);
}
