import { z } from 'zod';
import { featuresSchema } from '../../../../core/api.ts';
import { SennError } from '../../../../core/errors.ts';
import type { Limits } from '../../../config/limits.ts';
import type { Instance } from '../../body/instance.ts';
import { isObject, parsedAs } from '../../body/parse-json.ts';

/** The forms of an instance that clients of the V1 protocol send. */

/** Besides what `/predict` knows: numbers in the model's own units, nested as its input. */
export type V1Instance =
  | Instance
  | { readonly kind: 'numbers'; readonly where: string; readonly lists: readonly unknown[] };

const base64 = z.base64('must be base64, without a data: prefix');
/** Bytes as TensorFlow Serving has them in JSON. */
const bytes = z.strictObject({ b64: base64 });
/** How deep they are nested is the model's to say, so their elements are read against its shape. */
const lists = z.array(z.unknown(), 'must be a list of numbers');

/** Of the document; a request is parsed by `forms`, which says better what is wrong. */
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

/** @throws invalid_request, invalid_features, payload_too_large */
export function v1Instance(value: unknown, where: string, limits: Limits): V1Instance {
  if (Array.isArray(value)) return forms.input(value, where);
  const keys = isObject(value) ? Object.keys(value) : [];
  const [key = ''] = keys;
  if (!isObject(value) || keys.length !== 1 || !Object.hasOwn(forms, key)) {
    const got = isObject(value)
      ? `{${keys.slice(0, 5).map((name) => JSON.stringify(name.slice(0, 40)))}}`
      : typeof value;
    const choices = Object.keys(forms);
    throw new SennError(
      'invalid_request',
      `${where}: must be a list of numbers, or an object with one of ${choices.join(', ')}; got ${got}`,
      { where, choices },
    );
  }
  return forms[key as keyof typeof forms](value[key], where, limits);
}
