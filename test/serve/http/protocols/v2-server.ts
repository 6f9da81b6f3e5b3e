import { join } from 'node:path';
import { expect } from 'vitest';
import { defaultLimits } from '../../../../serve/config/limits.ts';
import { inferResponseSchema } from '../../../../serve/http/protocols/v2/schema.ts';
import { listenOn, modelPath, modelsDirectory, openModels, type TestModels, type TestServer } from '../../fixtures.ts';
import { type Answer, goldenOf, protocolApp, send } from './server.ts';

/**
 * The Open Inference Protocol with Triton's binary tensors:
 * https://github.com/kserve/kserve/blob/master/docs/predict-api/v2/required_api.md,
 * https://github.com/triton-inference-server/server/blob/main/docs/protocol/extension_binary_data.md
 *
 * What its tests share: a server of an image model and a table model, and a client that reads its answers.
 */

export const limits = { ...defaultLimits, bodyBytes: 1 << 20, instancesPerRequest: 8 };

export interface V2Server {
  readonly models: TestModels;
  readonly server: TestServer;
  /** `POST /v2/models/NAME/infer` */
  infer(body: unknown, headers?: Record<string, string>, model?: string): Promise<Answer>;
  close(): Promise<void>;
}

export async function startV2(): Promise<V2Server> {
  const models = await openModels([modelPath, join(modelsDirectory, 'compas-senn')]);
  const server = await listenOn(protocolApp({ models, limits }));
  return {
    models,
    server,
    infer: (body, headers = {}, model = 'compas-senn') => {
      const bytes = typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body);
      return send(server, 'POST', `/v2/models/${model}/infer`, bytes, headers);
    },
    async close() {
      await server.close();
      await models.close();
    },
  };
}

export const image = goldenOf('mnist-disenn');
export const table = goldenOf('compas-senn');
export const [N = 0, F = 0] = table('input').shape;
export const tolerance = { absolute: 1e-4, relative: 1e-4 };

/** As `InferResult` of tritonclient reads an answer: JSON of the header's length, then the tensors one by one. */
export function tensorsOf({ status, headers, body }: Answer) {
  expect(status, body.toString()).toBe(200);
  const length = headers['inference-header-content-length'];
  const json = inferResponseSchema.parse(JSON.parse(body.subarray(0, length ? Number(length) : undefined).toString()));
  let at = Number(length);
  const tensors = json.outputs.map(({ name, shape, data, parameters }) => {
    const size = parameters?.binary_data_size;
    if (size === undefined) return [name, { shape, data: Float32Array.from(data as number[]) }] as const;
    const bytes = new Uint8Array(body.subarray(at, at + size));
    at += size;
    return [name, { shape, data: new Float32Array(bytes.buffer) }] as const;
  });
  if (length !== undefined) expect(at).toBe(body.length);
  return { json, tensors: Object.fromEntries(tensors) };
}
