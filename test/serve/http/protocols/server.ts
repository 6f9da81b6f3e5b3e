import { readFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { join } from 'node:path';
import express from 'express';
import { pino } from 'pino';
import { expect } from 'vitest';
import { parseGolden } from '../../../../core/golden.ts';
import { featureRow } from '../../../../core/tables/features.ts';
import { concatRows, type Tensor } from '../../../../core/tensor.ts';
import { limitConcurrency } from '../../../../serve/concurrency-limit.ts';
import { defaultLimits, type Limits } from '../../../../serve/config/limits.ts';
import { errorHandler, notFound } from '../../../../serve/http/middleware/errors.ts';
import { securityHeaders } from '../../../../serve/http/middleware/headers.ts';
import { requestLog } from '../../../../serve/http/middleware/log.ts';
import { kserveV1Router } from '../../../../serve/http/protocols/v1/router.ts';
import { repositoryRouter } from '../../../../serve/http/protocols/v2/repository.ts';
import { inferenceV2Router } from '../../../../serve/http/protocols/v2/router.ts';
import type { Work } from '../../../../serve/http/protocols/work.ts';
import { settleHeaders } from '../../../../serve/http/response-headers.ts';
import { adminRouter } from '../../../../serve/http/routes/admin/router.ts';
import { decodeAll } from '../../../../serve/images/decode-all.ts';
import type { ModelAdmin, Models } from '../../../../serve/inference/served-model.ts';
import { modelsDirectory, type TestServer } from '../../fixtures.ts';

/** The protocols on an app of their own. */

export const batchOf =
  (limits: Limits): Work['batchOf'] =>
  async (instances, { input }, invert) => {
    if (input.kind === 'image') {
      const images = instances.filter((instance) => instance.kind === 'image');
      expect(images).toHaveLength(instances.length);
      return { kind: 'images', images: await decodeAll(images, input, limits, limitConcurrency(1)), invert };
    }
    const rows = instances.filter((instance) => instance.kind === 'tabular');
    return { kind: 'tensor', tensor: concatRows(rows.map(({ values, where }) => featureRow(values, where, input))) };
  };

export interface ProtocolOptions extends Partial<Omit<Work, 'batchOf'>> {
  readonly models: Models;
  readonly admin?: ModelAdmin;
  readonly limits?: Limits;
}

export function protocolApp({ models, admin, limits = defaultLimits, ...hooks }: ProtocolOptions): express.Express {
  const app = express().use(requestLog(pino({ level: 'silent' })), securityHeaders, settleHeaders);
  if (admin !== undefined) app.use(adminRouter(models, admin, limits), repositoryRouter(admin, limits));
  app.use(inferenceV2Router(models, limits, { version: '1.2.3', repository: admin !== undefined, ...hooks }));
  app.use(kserveV1Router(models, limits, { batchOf: batchOf(limits), ...hooks }));
  return app.use(notFound, errorHandler);
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
  json<T = Record<string, unknown>>(): T;
}

/** A request with its path and its headers exactly as they are given. */
export function send(
  { url }: Pick<TestServer, 'url'>,
  method: string,
  path: string,
  body: string | Uint8Array = '',
  headers: Record<string, string> = {},
): Promise<Answer> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const sent = httpRequest({ hostname, port, method, path, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const received = Buffer.concat(chunks);
        const json = <T>() => JSON.parse(received.toString()) as T;
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: received, json });
      });
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

/** What tfjs made of a few inputs of a model that the repository ships. */
export function goldenOf(model: string): (name: string) => Tensor {
  const { tensors } = parseGolden(JSON.parse(readFileSync(join(modelsDirectory, model, 'golden.json'), 'utf8')));
  return (name) => {
    const { shape, data } = tensors[name] as { shape: number[]; data: number[] };
    return { shape, data: Float32Array.from(data) };
  };
}

export const bytesOf = ({ data }: Tensor): Buffer => Buffer.from(data.buffer, data.byteOffset, data.byteLength);

/** One below the first dimension: `[N, …]` → N nested lists. */
export function nested({ shape, data }: Tensor): unknown[] {
  const [count = 0, ...rest] = shape;
  const size = data.length / count;
  return Array.from({ length: count }, (_, n) => {
    const row = data.subarray(n * size, (n + 1) * size);
    return rest.length === 0 ? row[0] : nested({ shape: rest, data: row });
  });
}
