import { type Operation, operationObject } from './operation.ts';
import { adminRoutes, modelRoutes, operationsRoutes, predictRoutes } from './own-routes.ts';
import { repositoryRoutes, v1Routes, v2Routes } from './protocol-routes.ts';
import { componentSchemas, type JsonSchema } from './schemas.ts';
import { scoringRoutes } from './scoring-routes.ts';

/** The OpenAPI document: puts the tables of routes and the schemas together. */

export interface DocumentOptions {
  /** The version of the package. */
  readonly version: string;
  /** Whether the admin routes are mounted. */
  readonly admin: boolean;
}

export interface OpenApiDocument {
  readonly openapi: string;
  readonly info: JsonSchema;
  readonly paths: Readonly<Record<string, Readonly<Record<string, JsonSchema>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, JsonSchema>>; readonly securitySchemes: JsonSchema };
  readonly security: readonly JsonSchema[];
}

/** The HTTP interface as OpenAPI 3.1, made of the schemas that requests are parsed with. */
export function openApiDocument({ version, admin }: DocumentOptions): OpenApiDocument {
  const operations: readonly Operation[] = [
    ...predictRoutes,
    ...scoringRoutes,
    ...modelRoutes,
    ...v1Routes,
    ...v2Routes,
    ...(admin ? [...repositoryRoutes, ...adminRoutes] : []),
    ...operationsRoutes,
  ];
  const paths: Record<string, Record<string, JsonSchema>> = {};
  for (const operation of operations) {
    paths[operation.path] = { ...paths[operation.path], [operation.method]: operationObject(operation) };
  }
  return {
    openapi: '3.1.1',
    info: {
      title: 'senn-onnx',
      version,
      description: 'Self-explaining neural networks: predictions together with their explanations.',
    },
    paths,
    components: {
      schemas: componentSchemas(),
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer' },
        apiKey: { type: 'apiKey', in: 'header', name: 'X-API-Key' },
      },
    },
    // none is needed where the server is configured without keys
    security: [{}, { bearer: [] }, { apiKey: [] }],
  };
}
