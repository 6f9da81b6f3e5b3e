import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { generatorNames, hasWrk, makeLoad } from '../../../bench/serve/load/generators.ts';

const wrk = await hasWrk();

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'senn-load-'));
  await Promise.all(['first', 'second'].map((text, i) => writeFile(join(folder, `${i}.png`), text)));
});
afterAll(() => rm(folder, { recursive: true }));

async function listening(listener: RequestListener) {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const close = () => {
    server.closeAllConnections();
    server.close();
  };
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close };
}

describe.each(generatorNames)('%s', (generator) => {
  const load = (url: string) =>
    makeLoad(generator, { url: `${url}/predict?steps=7`, connections: 2, seconds: 1, bodies: { folder, count: 2 } });

  it.skipIf(generator === 'wrk' && !wrk)('posts every body in turn, and times the answers', async () => {
    const seen = new Set<string>();
    const { url, close } = await listening((request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => {
        body += chunk.toString();
      });
      request.on('end', () => {
        seen.add(`${request.method} ${request.url} ${request.headers['content-type']} ${body}`);
        setTimeout(() => response.end('ok'), 20);
      });
    });
    try {
      const { requests, seconds, p50Milliseconds, p99Milliseconds, errors } = await load(url);
      expect(seen).toEqual(new Set(['first', 'second'].map((body) => `POST /predict?steps=7 image/png ${body}`)));
      expect(requests).toBeGreaterThan(2);
      expect(seconds).toBeGreaterThan(0.9);
      expect(p50Milliseconds).toBeGreaterThan(19);
      expect(p99Milliseconds).toBeGreaterThanOrEqual(p50Milliseconds);
      expect(errors).toBe(0);
    } finally {
      close();
    }
  });

  it.skipIf(generator === 'wrk' && !wrk)('fails where an answer is no 2xx', async () => {
    let count = 0;
    const { url, close } = await listening((request, response) => {
      count += 1;
      request.resume().on('end', () => response.writeHead(count % 10 === 0 ? 503 : 200).end());
    });
    try {
      await expect(load(url)).rejects.toThrow(/[1-9]\d* requests without a 2xx/);
    } finally {
      close();
    }
  });
});
