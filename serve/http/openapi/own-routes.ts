import { predictQuerySchema } from '../../../core/api.ts';
import { changeNames } from '../routes/admin/router.ts';
import { inferenceErrors, type Operation } from './operation.ts';

/** The rows of the document for the routes that are this server's own. */

const file = { contentMediaType: 'application/octet-stream' };
const text = { type: 'string' };

export const predictRoutes: readonly Operation[] = [
  {
    method: 'post',
    path: '/predict',
    tag: 'predict',
    summary: 'Predictions with their explanations, or the explanation as a figure',
    query: predictQuerySchema,
    request: {
      'application/json': 'PredictRequest',
      'multipart/form-data': {
        type: 'object',
        properties: { image: { type: 'array', items: file } },
        required: ['image'],
      },
      'image/*': file,
    },
    answer: { 'application/json': 'PredictResponse', 'image/png': file, 'image/svg+xml': text, 'text/html': text },
    errors: [...inferenceErrors, 'not_acceptable'],
  },
];

export const modelRoutes: readonly Operation[] = [
  {
    method: 'get',
    path: '/models',
    tag: 'models',
    summary: 'What can be asked, and how good it is',
    answer: { 'application/json': 'Models' },
  },
  {
    method: 'get',
    path: '/models/{name}/{file}',
    tag: 'models',
    summary: 'The manifest and the files it lists, for a client that runs the model itself',
    answer: { 'application/json': {}, 'application/octet-stream': file },
    errors: ['unknown_model', 'not_found'],
  },
  {
    method: 'get',
    path: '/models/{name}/classes/{class}',
    tag: 'models',
    summary: 'The concepts that make a class, by its label or index, or a figure of them',
    answer: { 'application/json': 'Class', 'image/png': file, 'image/svg+xml': text, 'text/html': text },
    errors: ['unknown_model', 'not_found', 'not_acceptable'],
  },
];

export const operationsRoutes: readonly Operation[] = [
  {
    method: 'get',
    path: '/health',
    tag: 'operations',
    summary: 'What runs',
    answer: { 'application/json': 'Health' },
  },
  {
    method: 'get',
    path: '/health/live',
    tag: 'operations',
    summary: 'That the process answers',
    answer: { 'application/json': 'Live' },
  },
  {
    method: 'get',
    path: '/health/ready',
    tag: 'operations',
    summary: 'That the server is to be asked',
    answer: { 'application/json': 'Ready' },
    errors: ['unavailable'],
  },
  {
    method: 'get',
    path: '/metrics',
    tag: 'operations',
    summary: 'Counters and histograms for Prometheus',
    answer: { 'text/plain': text },
  },
  {
    method: 'get',
    path: '/openapi.json',
    tag: 'operations',
    summary: 'This document',
    answer: { 'application/json': { type: 'object' } },
  },
  {
    method: 'get',
    path: '/docs',
    tag: 'operations',
    summary: 'This document as a page',
    answer: { 'text/html': text },
  },
  {
    method: 'get',
    path: '/',
    tag: 'operations',
    summary: 'The page that runs the models in the browser; to who prefers JSON, that the process answers (KServe V1)',
    answer: { 'application/json': 'V1Live', 'text/html': text },
    errors: ['unavailable', 'not_acceptable'],
  },
];

const changes = {
  load: 'Reads the folder of the model and serves what it holds',
  reload: 'The same, of a model that is served',
  unload: 'Serves the model no more',
} satisfies Record<(typeof changeNames)[number], string>;

/** Part of the document only where the administration is switched on. */
export const adminRoutes: readonly Operation[] = [
  {
    method: 'get',
    path: '/admin/models',
    tag: 'admin',
    summary: 'Every model of the directory, and why one is not served',
    answer: { 'application/json': 'AdminModels' },
    errors: ['forbidden'],
  },
  ...changeNames.map(
    (change): Operation => ({
      method: 'post',
      path: `/admin/models/{name}/${change}`,
      tag: 'admin',
      summary: changes[change],
      answer: { 'application/json': 'AdminModel' },
      errors: ['forbidden', 'unknown_model', 'missing_data', 'invalid_model'],
    }),
  ),
];
