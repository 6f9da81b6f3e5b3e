import type { z } from 'zod';
import { artefactNames, artefacts } from '../../../core/artefacts/index.ts';
import { type ErrorCode, errorCodes } from '../../../core/errors.ts';
import { type JsonSchema, refTo, type SchemaName, sentSchema } from './schemas.ts';

/** One row of the document: a method of a path, and how it becomes an Operation Object of OpenAPI. */
export interface Operation {
  readonly method: 'get' | 'post' | 'delete';
  /** With `{name}` for what varies. */
  readonly path: string;
  readonly tag: 'predict' | 'scoring' | 'models' | 'operations' | 'KServe V1' | 'Open Inference Protocol' | 'admin';
  readonly summary: string;
  readonly query?: z.ZodObject;
  readonly headers?: Readonly<Record<string, string>>;
  /** By media type. */
  readonly request?: Readonly<Record<string, SchemaName | JsonSchema>>;
  readonly bodyOptional?: boolean;
  /** The answer with status 200, by media type; none where it has another status always. */
  readonly answer: Readonly<Record<string, SchemaName | JsonSchema>>;
  readonly answerHeaders?: Readonly<Record<string, string>>;
  readonly errors?: readonly ErrorCode[];
  /** Answers that are no error and have another status than 200. */
  readonly others?: Readonly<Record<number, { readonly description: string; readonly schema: SchemaName }>>;
  /** How its errors look. */
  readonly errorSchema?: 'Error' | 'ProtocolError';
}

/** Errors that any request may get: for its key or its rate, where the server asks for them, and for a defect. */
const anywhere: readonly ErrorCode[] = ['unauthorized', 'rate_limited', 'internal'];

/** Errors that a request with inputs may get. */
export const inferenceErrors: readonly ErrorCode[] = [
  'invalid_request',
  'invalid_json',
  'invalid_image',
  'invalid_features',
  'missing_input',
  'unknown_model',
  'payload_too_large',
  'image_too_large',
  'unsupported_media_type',
  'unsupported_input',
  'inference_failed',
  'unavailable',
  'timeout',
];

const namesByDefault = artefactNames.filter((name) => artefacts[name].byDefault);
const artefactList = artefactNames.map((name) => `${name}: ${artefacts[name].description}.`).join(' ');

/** The description of each query parameter. */
const told: Readonly<Record<string, string>> = {
  model: 'Name of the model; by default the default model, or the first that takes what is sent.',
  version: 'Version of the model; by default the latest.',
  explain: `Comma list, or none; by default what the model shows of ${namesByDefault.join(', ')}. ${artefactList}`,
  steps: 'Steps of a traversal; by default 7.',
  contrast: 'A class: adds why the prediction and not that one; counterfactual needs it.',
  sheet: '1: one PNG contact sheet an image instead of one small PNG a step.',
  set: 'A set that the server names (jobs.sets), in the place of a body.',
  metrics: 'Comma list of metrics, or audit, paper, all; by default paper.',
  attributions: 'Comma list of explanations side by side.',
  queries: 'Rows that an attribution may ask the model about one input.',
  seed: 'What every random choice comes from; by default 0.',
  limit: 'Inputs that are scored, or jobs that are listed, at most.',
  batch: 'Inputs that go through a graph together; part of the job.',
  after: 'The last job of the page before.',
  state: 'Only jobs in this state.',
  invert: 'Whether to swap dark and light; auto looks at the border of the image.',
};

const content = (types: Readonly<Record<string, SchemaName | JsonSchema>>): JsonSchema =>
  Object.fromEntries(
    Object.entries(types).map(([type, schema]) => [
      type,
      { schema: typeof schema === 'string' ? refTo(schema) : schema },
    ]),
  );

function parametersOf({ path, query, headers = {} }: Operation): JsonSchema[] {
  const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }));
  const inQuery = Object.entries(query?.shape ?? {}).map(([name, schema]) => ({
    name,
    in: 'query',
    required: false,
    description: told[name],
    schema: sentSchema(schema as z.ZodType),
  }));
  const inHeader = Object.entries(headers).map(([name, description]) => ({
    name,
    in: 'header',
    required: false,
    description,
    schema: { type: 'string' },
  }));
  return [...inPath, ...inQuery, ...inHeader];
}

/** One response for each status, whose description lists the error codes that have it. */
function errorsOf({ errors = [], errorSchema = 'Error', others = {} }: Operation): JsonSchema {
  const codes = [...errors, ...anywhere];
  const statuses = [...new Set(codes.map((code) => errorCodes[code].status))].sort((a, b) => a - b);
  return Object.fromEntries(
    statuses
      .filter((status) => !(status in others))
      .map((status) => [
        status,
        {
          description: codes.filter((code) => errorCodes[code].status === status).join(', '),
          content: content({ 'application/json': errorSchema }),
        },
      ]),
  );
}

/** `post /v1/models/{name}:predict` → `postV1ModelsNamePredict`. */
function operationId({ method, path }: Operation): string {
  const words = path.split(/[^\w]+/).filter((word) => word !== '');
  return [method, ...words.map((word) => word[0]?.toUpperCase() + word.slice(1))].join('');
}

/** The Operation Object of OpenAPI 3.1. */
export function operationObject(operation: Operation): JsonSchema {
  const { tag, summary, request, bodyOptional, answer, answerHeaders = {}, others = {} } = operation;
  const parameters = parametersOf(operation);
  const headers = Object.entries(answerHeaders).map(([name, description]) => [
    name,
    { description, schema: { type: 'string' } },
  ]);
  const more = Object.entries(others).map(([status, { description, schema }]) => [
    status,
    { description, content: content({ 'application/json': schema }) },
  ]);
  return {
    operationId: operationId(operation),
    tags: [tag],
    summary,
    ...(parameters.length > 0 && { parameters }),
    ...(request && { requestBody: { required: !bodyOptional, content: content(request) } }),
    responses: {
      ...(Object.keys(answer).length > 0 && {
        200: {
          description: summary,
          ...(headers.length > 0 && { headers: Object.fromEntries(headers) }),
          content: content(answer),
        },
      }),
      ...Object.fromEntries(more),
      ...errorsOf(operation),
    },
  };
}
