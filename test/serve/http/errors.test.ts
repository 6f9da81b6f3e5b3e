import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { Agent, get, request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { pino } from 'pino';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { toSennError } from '../../../serve/http/middleware/errors.ts';
import type { Models, ServedModel } from '../../../serve/inference/served-model.ts';
import {
  digitPng,
  formOf,
  listening,
  modelPath,
  modelsOf,
  openModels,
  type TestModels,
  type TestServer,
} from '../fixtures.ts';

/** What goes wrong outside our own checks: files that are gone, clients that are gone, bugs. */

interface Line {
  readonly level: number;
  readonly msg: string;
  readonly err?: { readonly stack: string };
}

const INFO = 30;
let lines: Line[] = [];
const logger = pino(
  new Writable({
    write(chunk, _encoding, done) {
      lines.push(JSON.parse(String(chunk)) as Line);
      done();
    },
  }),
);
let folder: string;
let real: TestModels;
let server: TestServer;

/** The real models, and one whose worker gets nothing to predict. */
function broken(): Models {
  const model = real.named('mnist-disenn');
  const tensor = { shape: [1, 1, 28, 28], data: null as never };
  const answer: ServedModel['answer'] = (_input, options) => model.answer({ kind: 'tensor', tensor }, options);
  return modelsOf([...real.all(), { ...model, manifest: { ...model.manifest, name: 'broken' }, answer }]);
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'senn-errors-'));
  await mkdir(join(folder, 'page'));
  await writeFile(join(folder, 'page', 'index.html'), '<!doctype html>');
  await writeFile(join(folder, 'page', 'some.txt'), 'text');
  real = await openModels([modelPath]);
  const page = { kind: 'built', directory: join(folder, 'page') } as const;
  server = await listening({ models: await broken(), logger, page });
});

afterAll(async () => {
  await server.close();
  await real.close();
  await rm(folder, { recursive: true });
});

beforeEach(() => {
  lines = [];
});

async function errorOf(path: string, init: RequestInit = {}) {
  const response = await fetch(`${server.url}${path}`, init);
  const text = await response.text();
  expect(response.headers.get('Content-Type'), text).toMatch(/^application\/json/);
  const { error } = JSON.parse(text) as { error: { code: string; message: string } };
  expect(text).not.toContain(folder);
  return { status: response.status, code: error.code, message: error.message, headers: response.headers };
}

describe('a bug in the worker', () => {
  it('is told to the log with its stack, and to the client only that there is one', async () => {
    const failed = await errorOf('/predict?model=broken', { method: 'POST', body: formOf([await digitPng(0)]) });
    expect(failed).toMatchObject({ status: 500, code: 'internal', message: expect.not.stringContaining('null') });
    const line = lines.find(({ err }) => err !== undefined);
    expect(line?.err?.stack).toMatch(/TypeError: .*null[\s\S]*serve\/inference\/batch-input\.ts/);
  });
});

describe('a file', () => {
  it('that is gone is not found, without its place on disk', async () => {
    expect(await errorOf('/nothing.txt')).toMatchObject({ status: 404, code: 'not_found' });
    expect(await errorOf('/..%2fsecret')).toMatchObject({ status: 404, code: 'not_found' });
  });

  it('keeps 412 and 416', async () => {
    const path = '/some.txt';
    const changed = await errorOf(path, { headers: { 'If-Match': '"another"' } });
    expect(changed).toMatchObject({ status: 412, code: 'precondition_failed' });
    const beyond = await errorOf(path, { headers: { Range: 'bytes=99999999-' } });
    expect(beyond).toMatchObject({ status: 416, code: 'range_not_satisfiable' });
    expect(beyond.headers.get('Content-Range')).toMatch(/^bytes \*\/\d+$/);
    expect(beyond.headers.get('ETag')).toBeNull();
  });
});

describe('an error that is not ours', () => {
  const withStatus = (properties: object) => Object.assign(new Error('the password is 1234'), properties);

  it('keeps its 4xx only when it says that it may be told', () => {
    expect(toSennError(withStatus({ status: 404, code: 'ENOENT' }))).toMatchObject({ code: 'internal' });
    expect(toSennError(withStatus({ status: 400, expose: false }))).toMatchObject({ code: 'internal' });
    expect(toSennError(withStatus({ status: 400, expose: true }))).toMatchObject({ code: 'invalid_request' });
    expect(toSennError(withStatus({ status: 500, expose: true }))).toMatchObject({ code: 'internal' });
  });
});

describe('a client that leaves in the middle of its body', () => {
  it.each(['multipart/form-data; boundary=x', 'image/png', 'application/json'])('is no error: %s', async (type) => {
    const start = '--x\r\nContent-Disposition: form-data; name="image"; filename="a.png"\r\n\r\nabc';
    const head = `POST /predict HTTP/1.1\r\nHost: x\r\nContent-Type: ${type}\r\nContent-Length: 1000\r\n\r\n`;
    const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
    socket.write(head + start);
    await new Promise((resolve) => setTimeout(resolve, 50));
    socket.destroy();
    await vi.waitFor(() => expect(lines.map(({ msg }) => msg)).toContain('the client is gone'));
    expect(lines.filter(({ level }) => level > INFO)).toEqual([]);
  });
});

describe('the connection', () => {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  afterAll(() => agent.destroy());

  const connectionOf = (method: string, path: string, body?: Buffer): Promise<string | undefined> =>
    new Promise((resolve, reject) => {
      const headers = body === undefined ? {} : { 'Content-Length': body.length, 'Content-Type': 'text/plain' };
      const request = httpRequest(`${server.url}${path}`, { method, agent, headers }, (response) => {
        response.resume().on('end', () => resolve(response.headers.connection));
      });
      request.on('error', reject);
      if (body === undefined) request.end();
      else request.write(body.subarray(0, 10));
    });

  it('is kept after a refusal without a body, and closed after one that left its body unread', async () => {
    expect(await connectionOf('GET', '/nothing')).toBe('keep-alive');
    expect(await connectionOf('POST', '/health')).toBe('keep-alive');
    expect(await connectionOf('POST', '/predict', Buffer.alloc(1000))).toBe('close');
  });

  it('still serves a file to who asks again', async () => {
    const status = await new Promise((resolve, reject) => {
      get(`${server.url}/some.txt`, { agent }, (response) => {
        response.resume().on('end', () => resolve(response.statusCode));
      }).on('error', reject);
    });
    expect(status).toBe(200);
  });
});
