import { z } from 'zod';
import { SennError } from '../../../../core/errors.ts';
import type { Manifest } from '../../../../core/manifest.ts';
import { told } from '../../../../core/text/told.ts';
import type { Limits } from '../../../config/limits.ts';
import { checkCount } from '../../body/instance.ts';
import { isObject, parsedAs, parseJson } from '../../body/parse-json.ts';
import { inputsBudget } from '../../body/structure.ts';
import { type V1Instance, v1Instance, v1InstanceSchema } from './instance.ts';

/** The body of `:predict` and `:explain`: instances in rows, or in columns under the name of their form or feature. */

/** For the OpenAPI document. */
export const v1BodySchema = z.union([
  z.strictObject({ instances: z.array(v1InstanceSchema).min(1), signature_name: z.string().nullish() }),
  z.strictObject({
    inputs: z.union([z.array(v1InstanceSchema).min(1), z.record(z.string(), z.array(z.unknown()).min(1))]),
    signature_name: z.string().nullish(),
  }),
]);

/**
 * For requests: the body without its elements, which are checked one by one once their number is known to be allowed.
 */
const outline = z
  .strictObject({
    instances: z.array(z.unknown()).nullish(),
    inputs: z
      .union([z.array(z.unknown()), z.record(z.string(), z.unknown())], 'must be a list, or {"<name>": […]}')
      .nullish(),
    /** Clients of TensorFlow Serving name the signature to call; here there is only one, so the name is not used. */
    signature_name: z.string().nullish(),
  })
  .refine(
    ({ instances, inputs }) => (instances == null) !== (inputs == null),
    'must be {"instances": […]} or {"inputs": …}',
  );

/** Columns of these names hold whole instances; all others are features. */
const wholeColumns: readonly string[] = ['image', 'b64', 'input'];

/** `{ "a": [1, 2], "b": [3, 4] }` → `{ "features": { "a": 1, "b": 3 } }, { "features": { "a": 2, "b": 4 } }`. */
function rowsOf(columns: Readonly<Record<string, unknown>>, limits: Limits): unknown[] {
  const entries = Object.entries(columns);
  const [first] = entries;
  if (first === undefined) return [];
  const lengths = entries.map(([name, column]) => {
    if (Array.isArray(column)) return column.length;
    const where = `inputs.${name.slice(0, 100)}`;
    throw new SennError('invalid_request', `${where}: must be a list, one element an instance, got ${told(column)}`);
  });
  const count = lengths[0] as number;
  const odd = lengths.findIndex((length) => length !== count);
  if (odd >= 0) {
    const name = (entries[odd] as [string, unknown])[0].slice(0, 100);
    throw new SennError(
      'invalid_request',
      `inputs.${name}: ${lengths[odd]} elements must match the ${count} of ${first[0].slice(0, 100)}`,
    );
  }
  checkCount(count, 'instances', limits);
  const whole = entries.length === 1 && wholeColumns.includes(first[0]);
  return Array.from({ length: count }, (_, n) => {
    const row = Object.fromEntries(entries.map(([name, column]) => [name, (column as unknown[])[n]]));
    return whole ? row : { features: row };
  });
}

/** @throws missing_input, invalid_json, invalid_request, invalid_features, payload_too_large */
export async function parseV1Body(bytes: Uint8Array, manifest: Manifest, limits: Limits): Promise<V1Instance[]> {
  if (bytes.length === 0) throw missing();
  const body = await parseJson(bytes, inputsBudget([manifest], limits, true));
  const columns = isObject(body) && isObject(body['inputs']) ? Object.keys(body['inputs']).length : 0;
  if (columns > limits.featuresPerInstance) {
    throw new SennError(
      'payload_too_large',
      `inputs: ${columns} columns; at most ${limits.featuresPerInstance} are taken`,
    );
  }
  const { instances, inputs } = parsedAs(outline, body, 'body');
  const elements = instances ?? (Array.isArray(inputs) ? inputs : rowsOf(inputs ?? {}, limits));
  if (elements.length === 0) throw missing();
  checkCount(elements.length, 'instances', limits);
  return elements.map((element, i) => v1Instance(element, `instances.${i}`, limits));
}

const missing = (): SennError =>
  new SennError('missing_input', 'body: nothing to predict; send {"instances": […]} or {"inputs": …}');
