import express, { type Request, type Response } from 'express';
import { predictBodySchema } from '../../core/api.ts';
import { fromZodError } from '../../core/errors.ts';
import type { Limits } from '../limits.ts';
import { checkCount, type Instance } from './instance.ts';

/** Reads `{ "instances": [{ "image": "<base64>" } | { "features": { … } }] }`. */
export function jsonReader(limits: Limits): (request: Request, response: Response) => Promise<Instance[]> {
  const receive = express.json({ type: () => true, limit: limits.bodyBytes });
  return async (request, response) => {
    await new Promise<void>((resolve, reject) => {
      receive(request, response, (error?: unknown) => (error ? reject(error) : resolve()));
    });
    const parsed = predictBodySchema.safeParse(request.body);
    if (!parsed.success) throw fromZodError('invalid_request', 'body', parsed.error);
    const { instances } = parsed.data;
    checkCount(instances.length, 'instances', limits);
    return instances.map((instance, i) => {
      const where = `instances.${i}`;
      return 'image' in instance
        ? { kind: 'image', where, bytes: Buffer.from(instance.image, 'base64') }
        : { kind: 'features', where, values: instance.features };
    });
  };
}
