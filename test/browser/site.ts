import { cp, mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import express from 'express';
import { modelsDirectory, root } from '../serve/fixtures.ts';

/** A site of static files that uses the library as one file, under a strict policy, as its users would serve it. */

/** The library as one file, once it is built. */
export const standalone = join(root, 'web-client/dist/standalone');

const STRICT = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; img-src 'self' data: blob:";

export interface Site {
  readonly url: string;
  /** Where its files lie. */
  readonly folder: string;
  close(): Promise<void>;
}

/** Serves the library, examples/browser and a model; `/?policy=…` of a page adds to its content security policy. */
export async function startSite(): Promise<Site> {
  const folder = await mkdtemp(join(tmpdir(), 'senn-site-'));
  await cp(join(root, 'examples/browser'), folder, { recursive: true });
  await cp(standalone, folder, { recursive: true });
  await cp(join(modelsDirectory, 'mnist-disenn'), join(folder, 'models/mnist-disenn'), { recursive: true });
  const site = express()
    .use((request, response, next) => {
      const { policy } = request.query;
      response.setHeader('Content-Security-Policy', typeof policy === 'string' ? `${STRICT}; ${policy}` : STRICT);
      next();
    })
    .use(express.static(folder));
  const server: Server = createServer(site).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    folder,
    close: async () => {
      server.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
