import express, { type Request, type Response } from 'express';
import type { Limits } from '../limits.ts';
import type { Instance } from './instance.ts';

/** Reads a body that is one image, whatever `image/*` it says it is. */
export function rawReader({ bodyBytes }: Limits): (request: Request, response: Response) => Promise<Instance[]> {
  const receive = express.raw({ type: () => true, limit: bodyBytes, inflate: false });
  return async (request, response) => {
    await new Promise<void>((resolve, reject) => {
      receive(request, response, (error?: unknown) => (error ? reject(error) : resolve()));
    });
    const body: unknown = request.body;
    return Buffer.isBuffer(body) && body.length > 0 ? [{ kind: 'image', where: 'image 0', bytes: body }] : [];
  };
}
