import { MOST_QUERIES, MOST_SEED } from '../../../../core/api.ts';
import { askedAttributions } from '../../../../core/attributions/answers/names.ts';
import { SennError } from '../../../../core/errors.ts';
import { inputShape, type Manifest } from '../../../../core/manifest.ts';
import { sizeOf } from '../../../../core/tensor.ts';
import { told } from '../../../../core/text/told.ts';
import type { AskedAttributions } from '../../../answers/answer.ts';
import type { Limits } from '../../../config/limits.ts';
import { tensorsOf } from '../../../inference/served-model.ts';
import { isObject, parsedAs, parseJson } from '../../body/parse-json.ts';
import { inputsBudget } from '../../body/structure.ts';
import { INPUT } from './metadata.ts';
import {
  inferOutlineSchema,
  type OutputName,
  type RequestInput,
  requestInputSchema,
  requestOutputSchema,
} from './schema.ts';

/** The body of an inference request: JSON, and behind it the bytes of a binary tensor. */

export interface WantedOutput {
  readonly name: OutputName;
  readonly binary: boolean;
}

export interface InferRequest {
  readonly id: string | undefined;
  readonly input: RequestInput;
  /** The bytes behind the JSON. */
  readonly binary: Uint8Array;
  readonly outputs: readonly WantedOutput[];
  /** Attributions among the outputs, where there are some. */
  readonly attributions?: AskedAttributions | undefined;
}

/**
 * Splits a body where its JSON ends.
 * @param headerLength bytes of JSON, as the header `Inference-Header-Content-Length` says
 * @throws invalid_request
 */
function split(body: Uint8Array, headerLength: string | undefined): { json: Uint8Array; binary: Uint8Array } {
  const length = headerLength === undefined ? body.length : Number(headerLength);
  if (headerLength !== undefined && (!/^\d{1,15}$/.test(headerLength) || length > body.length)) {
    throw new SennError(
      'invalid_request',
      `Inference-Header-Content-Length: must be a whole number up to the ${body.length} bytes of the body, got "${headerLength.slice(0, 40)}"`,
      { bytes: body.length },
    );
  }
  return { json: body.subarray(0, length), binary: body.subarray(length) };
}

type Parameters = RequestInput['parameters'];

/** Parameters, and sizes of a shape, that are looked at: zod looks at each, and makes an object of each that is wrong. */
const MOST = { parameters: 64, shape: 32 } as const;

/** @throws invalid_request where there are so many of something that checking each would take long */
function checkFew(value: unknown, where: string): void {
  if (!isObject(value)) return;
  const { parameters, shape } = value;
  const counts = {
    parameters: isObject(parameters) ? Object.keys(parameters).length : 0,
    shape: Array.isArray(shape) ? shape.length : 0,
  };
  for (const of of ['parameters', 'shape'] as const) {
    if (counts[of] <= MOST[of]) continue;
    throw new SennError('invalid_request', `${where}.${of}: ${counts[of]} of them; at most ${MOST[of]} are taken`);
  }
}

/**
 * Parameters of extensions that are not offered. Without them the request would mean something else, so it is refused.
 */
const refusedParameters = ['shared_memory_region', 'classification'] as const;

function checkParameters(parameters: Parameters, where: string): void {
  const refused = refusedParameters.find((name) => parameters?.[name] != null);
  if (refused !== undefined) {
    throw new SennError('invalid_request', `${where}: the parameter ${refused} is not supported`, {
      parameter: refused,
    });
  }
}

/** @throws invalid_request where the parameter is no boolean */
function flag(parameters: Parameters, name: string, where: string): boolean | undefined {
  const value = parameters?.[name] ?? undefined;
  if (value === undefined || typeof value === 'boolean') return value;
  throw new SennError('invalid_request', `${where}.parameters.${name}: must be true or false, got ${told(value)}`);
}

function wantedOutputs(
  outputs: readonly unknown[] | null | undefined,
  all: boolean,
  manifest: Manifest,
): WantedOutput[] {
  const tensorNames: readonly OutputName[] = [...tensorsOf(manifest), ...askedAttributions];
  if (outputs == null || outputs.length === 0) return allOutputs(manifest, all);
  if (outputs.length > tensorNames.length) {
    throw new SennError('invalid_request', `outputs: ${outputs.length} of the ${tensorNames.length} that there are`);
  }
  const wanted = outputs.map((output, i): WantedOutput => {
    const where = `outputs.${i}`;
    checkFew(output, where);
    const { name, parameters } = parsedAs(requestOutputSchema, output, where);
    const known = tensorNames.find((candidate) => candidate === name);
    if (known === undefined) {
      throw new SennError(
        'invalid_request',
        `unexpected inference output '${name.slice(0, 100)}' for model '${manifest.name}'; choose ${tensorNames.join(', ')}`,
        { choices: tensorNames },
      );
    }
    checkParameters(parameters, where);
    return { name: known, binary: flag(parameters, 'binary_data', where) ?? all };
  });
  const twice = wanted.find(({ name }, i) => wanted.findIndex((other) => other.name === name) < i);
  if (twice !== undefined) throw new SennError('invalid_request', `outputs: ${twice.name} is asked for twice`);
  return wanted;
}

/** @throws invalid_request where the parameter is no whole number in its bounds */
function count(parameters: Parameters, name: string, least: number, most: number): number | undefined {
  const value = parameters?.[name] ?? undefined;
  if (value === undefined) return undefined;
  if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most) return value;
  throw new SennError(
    'invalid_request',
    `body.parameters.${name}: must be a whole number from ${least} to ${most}, got ${told(value)}`,
  );
}

/** The attributions among the outputs, with the request's parameters `queries` and `seed`. */
function attributionsAmong(wanted: readonly WantedOutput[], parameters: Parameters): AskedAttributions | undefined {
  const names = askedAttributions.filter((name) => wanted.some((output) => output.name === name));
  if (names.length === 0) return undefined;
  return {
    names,
    queries: count(parameters, 'queries', 1, MOST_QUERIES),
    seed: count(parameters, 'seed', 0, MOST_SEED) ?? 0,
  };
}

/** All outputs of the model but attributions, which must be asked for by name. */
const allOutputs = (manifest: Manifest, binary: boolean): WantedOutput[] =>
  tensorsOf(manifest).map((name) => ({ name, binary }));

/**
 * A raw binary request: no JSON, and the whole body is the one tensor that the model takes, as many inputs as it holds.
 * As of Triton, all outputs are answered in binary.
 * @throws invalid_request
 */
function rawRequest(body: Uint8Array, manifest: Manifest): InferRequest {
  const shape = inputShape(manifest);
  const size = Float32Array.BYTES_PER_ELEMENT * sizeOf(shape);
  if (body.length % size !== 0) {
    throw new SennError(
      'invalid_request',
      `body: ${body.length} raw bytes must be a multiple of the ${size} that an input of model '${manifest.name}' takes`,
      { bytes: body.length, size },
    );
  }
  const parameters = { binary_data_size: body.length };
  const input = { name: INPUT, shape: [body.length / size, ...shape], datatype: 'FP32', parameters };
  return { id: undefined, input, binary: body, outputs: allOutputs(manifest, true) };
}

/** @throws missing_input, invalid_json, invalid_request, payload_too_large */
export async function parseInferRequest(
  body: Uint8Array,
  headerLength: string | undefined,
  manifest: Manifest,
  limits: Limits,
): Promise<InferRequest> {
  if (body.length === 0) throw new SennError('missing_input', 'body: must be an inference request, got nothing');
  const { json, binary } = split(body, headerLength);
  if (json.length === 0) return rawRequest(body, manifest);
  const outline = await parseJson(json, inputsBudget([manifest], limits, true));
  checkFew(outline, 'body');
  const { id, inputs, outputs, parameters } = parsedAs(inferOutlineSchema, outline, 'body');
  if (inputs.length !== 1) {
    throw new SennError(
      'invalid_request',
      `expected 1 inputs but got ${inputs.length} inputs for model '${manifest.name}'`,
    );
  }
  checkFew(inputs[0], 'inputs.0');
  const input = parsedAs(requestInputSchema, inputs[0], 'inputs.0');
  checkParameters(input.parameters, 'inputs.0');
  const all = flag(parameters, 'binary_data_output', 'body') ?? false;
  const wanted = wantedOutputs(outputs, all, manifest);
  const attributions = attributionsAmong(wanted, parameters);
  return { id: id ?? undefined, input, binary, outputs: wanted, ...(attributions && { attributions }) };
}
