import { v1ExplainQuerySchema, v1PredictQuerySchema } from '../protocols/v1/router.ts';
import { inferenceErrors, type Operation } from './operation.ts';

/** The rows of the document for the protocols that others defined: KServe V1 and the Open Inference Protocol. */

const file = { contentMediaType: 'application/octet-stream' };

/** The routes of one model: the same under its name, for the latest version, and under the name with a version. */
const v1OfModel = (model: string): readonly Omit<Operation, 'tag'>[] => [
  {
    method: 'get',
    path: model,
    summary: 'Whether a model is ready',
    answer: { 'application/json': 'V1Ready' },
    errors: ['unknown_model'],
    others: { 503: { description: 'not ready', schema: 'V1Ready' } },
  },
  {
    method: 'post',
    path: `${model}:predict`,
    summary: 'Predictions without explanations',
    query: v1PredictQuerySchema,
    request: { 'application/json': 'V1Request' },
    answer: { 'application/json': 'V1PredictResponse' },
    errors: inferenceErrors,
  },
  {
    method: 'post',
    path: `${model}:explain`,
    summary: 'Predictions, and the explanations of /predict',
    query: v1ExplainQuerySchema,
    request: { 'application/json': 'V1Request' },
    answer: { 'application/json': 'V1ExplainResponse' },
    errors: inferenceErrors,
  },
];

const v1Operations: readonly Omit<Operation, 'tag'>[] = [
  {
    method: 'get',
    path: '/v1/models',
    summary: 'Names of the models',
    answer: { 'application/json': 'V1Models' },
  },
  ...v1OfModel('/v1/models/{name}'),
  ...v1OfModel('/v1/models/{name}/versions/{version}'),
];

export const v1Routes: readonly Operation[] = v1Operations.map((route) => ({
  ...route,
  tag: 'KServe V1',
  errorSchema: 'ProtocolError',
}));

const HEADER = 'Inference-Header-Content-Length';

/** The routes of one model: the same under its name, for the latest version, and under the name with a version. */
const ofModel = (model: string): readonly Omit<Operation, 'tag'>[] => [
  {
    method: 'get',
    path: model,
    summary: 'Names, types and shapes of the tensors of a model',
    answer: { 'application/json': 'ModelMetadata' },
    errors: ['unknown_model'],
  },
  {
    method: 'get',
    path: `${model}/ready`,
    summary: 'Whether a model is ready',
    answer: { 'application/json': 'ModelReady' },
    errors: ['unknown_model'],
    others: { 400: { description: 'not ready', schema: 'ModelReady' } },
  },
  {
    method: 'post',
    path: `${model}/infer`,
    summary: 'Tensors of a prediction and its explanation, in JSON or behind it as bytes',
    headers: { [HEADER]: 'bytes of JSON, where the bytes of a tensor follow it' },
    request: { 'application/json': 'InferRequest', 'application/octet-stream': file },
    answer: { 'application/json': 'InferResponse', 'application/octet-stream': file },
    answerHeaders: { [HEADER]: 'bytes of JSON, where the bytes of tensors follow it' },
    errors: inferenceErrors,
  },
];

const inProtocol = (routes: readonly Omit<Operation, 'tag'>[]): Operation[] =>
  routes.map((route) => ({ ...route, tag: 'Open Inference Protocol', errorSchema: 'ProtocolError' }));

export const v2Routes: readonly Operation[] = inProtocol([
  {
    method: 'get',
    path: '/v2',
    summary: 'What the server is, and the extensions it knows',
    answer: { 'application/json': 'ServerMetadata' },
  },
  {
    method: 'get',
    path: '/v2/health/live',
    summary: 'That the process answers',
    answer: { 'application/json': 'ServerLive' },
  },
  {
    method: 'get',
    path: '/v2/health/ready',
    summary: 'That the server is to be asked',
    answer: { 'application/json': 'ServerReady' },
    others: { 400: { description: 'not ready', schema: 'ServerReady' } },
  },
  ...ofModel('/v2/models/{name}'),
  ...ofModel('/v2/models/{name}/versions/{version}'),
]);

const changeErrors = ['invalid_request', 'invalid_json', 'forbidden', 'unknown_model', 'payload_too_large'] as const;

/** Part of the document only where the administration is switched on. */
export const repositoryRoutes: readonly Operation[] = inProtocol([
  {
    method: 'post',
    path: '/v2/repository/index',
    summary: 'Every model of the directory, and why one is not served',
    request: { 'application/json': 'RepositoryIndexRequest' },
    bodyOptional: true,
    answer: { 'application/json': 'RepositoryIndex' },
    errors: changeErrors,
  },
  {
    method: 'post',
    path: '/v2/repository/models/{name}/load',
    summary: 'Reads the folder of the model and serves what it holds',
    request: { 'application/json': 'RepositoryRequest' },
    bodyOptional: true,
    answer: { 'application/json': 'RepositoryDone' },
    errors: [...changeErrors, 'missing_data', 'invalid_model'],
  },
  {
    method: 'post',
    path: '/v2/repository/models/{name}/unload',
    summary: 'Serves the model no more',
    request: { 'application/json': 'RepositoryRequest' },
    bodyOptional: true,
    answer: { 'application/json': 'RepositoryDone' },
    errors: changeErrors,
  },
]);
