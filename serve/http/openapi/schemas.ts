import { z } from 'zod';
import { errorResponseSchema, predictBodySchema, predictResponseSchema } from '../../../core/api.ts';
import { manifestSchema, trainingSchema } from '../../../core/manifest.ts';
import { classResponseSchema } from '../../../core/views/class-view.ts';
import { protocolErrorSchema } from '../middleware/errors.ts';
import { v1BodySchema } from '../protocols/v1/body.ts';
import {
  v1ExplainResponseSchema,
  v1LiveSchema,
  v1ModelsSchema,
  v1PredictResponseSchema,
  v1ReadySchema,
} from '../protocols/v1/router.ts';
import {
  indexRequestSchema,
  repositoryDoneSchema,
  repositoryIndexSchema,
  repositoryRequestSchema,
} from '../protocols/v2/repository.ts';
import {
  inferRequestSchema,
  inferResponseSchema,
  liveSchema,
  modelMetadataSchema,
  modelReadySchema,
  readySchema,
  serverMetadataSchema,
} from '../protocols/v2/schema.ts';
import { adminModelsSchema, indexEntrySchema } from '../routes/admin/router.ts';
import { jobSchema, jobsSchema, scoreBodySchema } from '../scoring/schema.ts';

/** The schemas of the document by name, and from them its components. */

const { name, version, kind, input, classes, concepts, parameterizer, artefacts, metrics, audit } =
  manifestSchema.shape;

/** Answer of `GET /models`. */
const modelsSchema = z.strictObject({
  models: z.array(
    z.strictObject({
      name,
      version,
      kind,
      input,
      classes,
      concepts,
      parameterizer,
      artefacts,
      metrics,
      audit,
      /** The audit in a sentence, where it says whether the concepts carry the decision. */
      auditSentence: z.string().optional(),
      /** Of a black box nobody here knows it. */
      training: trainingSchema.pick({ data: true, seed: true, backend: true }).optional(),
      /** Oldest first. */
      versions: z.array(z.string()),
      executionProvider: z.string(),
    }),
  ),
});

/** Answer of `GET /health`. */
const healthSchema = z.strictObject({
  status: z.literal('ok'),
  version: z.string(),
  executionProvider: z.string().optional(),
  /** Why execution providers before the one that runs were passed over. */
  refusedProviders: z.record(z.string(), z.string()),
  models: z.array(z.string()),
  uptimeSeconds: z.number(),
});

const requests = {
  PredictRequest: predictBodySchema,
  ScoreRequest: scoreBodySchema,
  V1Request: v1BodySchema,
  InferRequest: inferRequestSchema,
  RepositoryIndexRequest: indexRequestSchema,
  RepositoryRequest: repositoryRequestSchema,
};

const answers = {
  PredictResponse: predictResponseSchema,
  Error: errorResponseSchema,
  ProtocolError: protocolErrorSchema,
  Job: jobSchema,
  Jobs: jobsSchema,
  Models: modelsSchema,
  Class: classResponseSchema,
  Health: healthSchema,
  Live: z.strictObject({ status: z.literal('live') }),
  Ready: z.strictObject({ status: z.literal('ready') }),
  V1Live: v1LiveSchema,
  V1Models: v1ModelsSchema,
  V1Ready: v1ReadySchema,
  V1PredictResponse: v1PredictResponseSchema,
  V1ExplainResponse: v1ExplainResponseSchema,
  ServerMetadata: serverMetadataSchema,
  ServerLive: liveSchema,
  ServerReady: readySchema,
  ModelMetadata: modelMetadataSchema,
  ModelReady: modelReadySchema,
  InferResponse: inferResponseSchema,
  RepositoryIndex: repositoryIndexSchema,
  RepositoryDone: repositoryDoneSchema,
  AdminModels: adminModelsSchema,
  AdminModel: indexEntrySchema,
};

export type RequestName = keyof typeof requests;
export type SchemaName = RequestName | keyof typeof answers;
export type JsonSchema = Readonly<Record<string, unknown>>;

const uri = (id: string): string => `#/components/schemas/${id}`;

export const refTo = (id: SchemaName): JsonSchema => ({ $ref: uri(id) });

/** What of a JSON Schema means something only where it stands alone. */
const bare = ({ $schema: _schema, $id: _id, ...rest }: Record<string, unknown>): JsonSchema => rest;

function converted(schemas: Readonly<Record<string, z.ZodType>>, io: 'input' | 'output'): [string, JsonSchema][] {
  const registry = z.registry<{ id: string }>();
  for (const [id, schema] of Object.entries(schemas)) registry.add(schema, { id });
  return Object.entries(z.toJSONSchema(registry, { io, uri }).schemas).map(([id, schema]) => [
    id,
    bare(schema as Record<string, unknown>),
  ]);
}

/** JSON Schema (2020-12, as OpenAPI 3.1 takes it) of every request as it is sent and of every answer. */
export function componentSchemas(): Record<string, JsonSchema> {
  return Object.fromEntries([...converted(requests, 'input'), ...converted(answers, 'output')]);
}

/** Query parameters are texts: the schema of what is sent, not of what is made of it. */
export const sentSchema = (schema: z.ZodType): JsonSchema => bare(z.toJSONSchema(schema, { io: 'input' }));
