import { jobsQuerySchema, scoreQuerySchema } from '../scoring/schema.ts';
import { inferenceErrors, type Operation } from './operation.ts';

/** The rows of the document for scoring: `/score` and `/jobs`. */

const text = { type: 'string' };
const file = { contentMediaType: 'application/octet-stream' };

const request = {
  'application/json': 'ScoreRequest',
  'multipart/form-data': {
    type: 'object',
    required: ['image'],
    properties: {
      image: { type: 'array', items: file },
      labels: { type: 'string', description: 'A JSON array: the class of each image by its name, or null.' },
    },
  },
  'text/csv': text,
  'application/x-ndjson': text,
  'application/vnd.apache.parquet': file,
  'application/x-npz': file,
  'application/zip': file,
} as const;

const report = { 'application/json': { type: 'object' }, 'text/csv': text, 'text/html': text };
const posting = { query: scoreQuerySchema, request, headers: { 'Idempotency-Key': 'The same job for the same key.' } };
const accepted = { 202: { description: 'The job; Location is its path', schema: 'Job' } } as const;

export const scoringRoutes: readonly Operation[] = [
  {
    method: 'post',
    path: '/score',
    tag: 'scoring',
    summary: 'The scores of a small set at once; a larger one becomes a job',
    ...posting,
    answer: report,
    others: accepted,
    errors: [...inferenceErrors, 'forbidden', 'not_acceptable', 'invalid_config', 'conflict'],
  },
  {
    method: 'post',
    path: '/jobs',
    tag: 'scoring',
    summary: 'Scores a set as a job',
    ...posting,
    answer: {},
    others: accepted,
    errors: [...inferenceErrors, 'forbidden', 'invalid_config', 'conflict', 'not_found'],
  },
  {
    method: 'get',
    path: '/jobs',
    tag: 'scoring',
    summary: 'The jobs of the key, the newest first',
    query: jobsQuerySchema,
    answer: { 'application/json': 'Jobs' },
    errors: ['invalid_request', 'not_found'],
  },
  {
    method: 'get',
    path: '/jobs/{id}',
    tag: 'scoring',
    summary: 'A job as it stands',
    answer: { 'application/json': 'Job' },
    errors: ['not_found'],
  },
  {
    method: 'delete',
    path: '/jobs/{id}',
    tag: 'scoring',
    summary: 'Cancels a job, or removes one that has ended',
    answer: { 'application/json': 'Job' },
    errors: ['forbidden', 'not_found'],
  },
  {
    method: 'get',
    path: '/jobs/{id}/events',
    tag: 'scoring',
    summary: 'A job and each of its changes, as server-sent events',
    headers: { 'Last-Event-ID': 'The last event that the client has had.' },
    answer: { 'text/event-stream': text },
    errors: ['not_found', 'unavailable'],
  },
  {
    method: 'get',
    path: '/jobs/{id}/report',
    tag: 'scoring',
    summary: 'The report of a job that is done: figures, a row an input, or a page',
    answer: report,
    errors: ['not_found', 'conflict', 'not_acceptable'],
  },
];
