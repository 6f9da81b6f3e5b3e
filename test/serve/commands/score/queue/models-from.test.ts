import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { parseScoreOptions } from '../../../../../serve/commands/score/options.ts';
import { digestOf } from '../../../../../serve/commands/score/queue/blobs.ts';
import { hasFile, parseModelsFrom, readFileFrom } from '../../../../../serve/commands/score/queue/models-from.ts';

/** Files of models from a server of the operator's: what is not what was asked for is used by nobody. */

const servers: Server[] = [];
afterEach(() => Promise.all(servers.splice(0).map((server) => new Promise((done) => server.close(done)))));

async function serving(answer: RequestListener): Promise<URL> {
  const server = createServer(answer);
  servers.push(server);
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return parseModelsFrom(`http://127.0.0.1:${(server.address() as AddressInfo).port}/store`);
}

const bytes = Buffer.from('a graph');
const digest = digestOf(bytes);

describe('--models-from', () => {
  it('takes a file by its digest, within the folder that is named', async () => {
    const asked: string[] = [];
    const from = await serving(({ url, method, headers }, response) => {
      asked.push(`${method} ${url} ${headers['accept-encoding']} ${headers.authorization ?? ''}`.trim());
      if (url === `/store/${digest}`) response.end(method === 'HEAD' ? undefined : bytes);
      else response.writeHead(404).end('none');
    });
    expect(await readFileFrom(from, digest)).toEqual(bytes);
    expect(await readFileFrom(from, digestOf(Buffer.from('another')))).toBeUndefined();
    expect(asked[0]).toBe(`GET /store/${digest} identity`);
  });

  it('is there where it has the length of ours', async () => {
    const from = await serving((_, response) => response.writeHead(200, { 'Content-Length': bytes.length }).end());
    expect(await hasFile(from, digest, bytes.length)).toBe(true);
    expect(await hasFile(from, digest, bytes.length + 1)).toBe(false);
  });

  it('uses nothing that is another, breaks off, is led elsewhere or fails', async () => {
    let elsewhere = 0;
    const other = await serving((_, response) => {
      elsewhere++;
      response.end(bytes);
    });
    const answers: readonly [RequestListener, RegExp][] = [
      [(_, response) => void response.end('another graph'), /has the sha256 [0-9a-f]{64}$/],
      [
        (_, response) => void response.writeHead(302, { Location: `${other}${digest}` }).end(),
        /redirects are not followed/,
      ],
      [(_, response) => void response.writeHead(503).end(), /cannot be fetched: status 503/],
      [(_, response) => void response.writeHead(403).end(), /cannot be fetched: status 403/],
      [
        (_, response) => {
          response.writeHead(200, { 'Content-Length': 100 });
          response.write('a', () => response.destroy());
        },
        /broke off/,
      ],
    ];
    for (const [answer, message] of answers) {
      const from = await serving(answer);
      await expect(readFileFrom(from, digest)).rejects.toMatchObject({
        code: 'unavailable',
        message: expect.stringMatching(message),
      });
    }
    expect(elsewhere).toBe(0);
    await expect(readFileFrom(parseModelsFrom('http://127.0.0.1:1/'), digest)).rejects.toThrow(/ECONNREFUSED|bad port/);
  });

  it.each([
    ['models', 'must be https://HOST/FOLDER/'],
    ['file:///etc/', 'must begin with https:// or http://'],
    ['https://me:hunter2@host/', 'must hold no user and no password'],
    ['https://host/?sig=hunter2', 'must hold nothing after'],
  ])('refuses %s, and does not repeat it', (text, rule) => {
    expect(() => parseModelsFrom(text)).toThrow(expect.objectContaining({ message: expect.stringContaining(rule) }));
    expect(() => parseModelsFrom(text)).not.toThrow('hunter2');
  });

  it('is for a queue', () => {
    const options = { model: ['m'], data: 'd', out: 'o', modelsFrom: 'https://host' };
    expect(() => parseScoreOptions(options)).toThrow('give --queue as well');
    expect(parseScoreOptions({ ...options, queue: 'redis://localhost' }).modelsFrom?.href).toBe('https://host/');
  });
});
