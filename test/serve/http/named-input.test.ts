import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { errorResponseSchema } from '../../../core/api.ts';
import {
  digitPng,
  listening,
  modelPath,
  modelsDirectory,
  openModels,
  type TestModels,
  type TestServer,
} from '../fixtures.ts';

/** Names that a request gives: none is dropped without a word, whatever dictionary it stands in. */

let models: TestModels;
let server: TestServer;
let png: string;
beforeAll(async () => {
  models = await openModels([modelPath, `${modelsDirectory}/compas-senn`]);
  server = await listening({ models });
  png = (await digitPng(0)).toString('base64');
});
afterAll(async () => {
  await server.close();
  await models.close();
});

async function refusal(path: string, body: string | Buffer, type = 'application/json') {
  const response = await fetch(`${server.url}${path}`, {
    method: 'POST',
    body: new Uint8Array(Buffer.from(body)),
    headers: { 'Content-Type': type },
  });
  return { status: response.status, text: await response.text() };
}

describe.each(['__proto__', '\\u005f_proto__', 'constructor', 'toString'])('the name %s is refused', (name) => {
  const plain = name.replace('\\u005f', '_');
  it.each([
    ['concepts', '/predict', (n: string) => `{"instances":[{"image":"${png}","concepts":{"${n}":5}}]}`],
    ['features', '/predict?model=compas-senn', (n: string) => `{"instances":[{"features":{"${n}":5}}]}`],
    ['an instance', '/predict', (n: string) => `{"instances":[{"image":"${png}","${n}":{}}]}`],
    ['a body', '/predict', (n: string) => `{"instances":[{"image":"${png}"}],"${n}":{}}`],
    ['features of V1', '/v1/models/compas-senn:predict', (n: string) => `{"instances":[{"features":{"${n}":5}}]}`],
    ['columns of V1', '/v1/models/compas-senn:predict', (n: string) => `{"inputs":{"${n}":[5]}}`],
    ['an instance of V1', '/v1/models/mnist-disenn:predict', (n: string) => `{"instances":[{"${n}":5}]}`],
  ])('in %s', async (_, path, body) => {
    const { status, text } = await refusal(path, body(name));
    expect(status, text).toBe(400);
    expect(text).toContain(plain);
  });
});

it('names the place of a name that no object may have', async () => {
  const { text } = await refusal('/predict', '{"instances":[{"image":"","concepts":{"__proto__":5}}]}');
  expect(errorResponseSchema.parse(JSON.parse(text)).error).toMatchObject({
    code: 'invalid_request',
    message: 'body: instances.0.concepts: unknown name "__proto__"',
  });
  const v2 = await refusal('/v2/models/mnist-disenn/infer', '{"parameters":{"__proto__":1},"inputs":[]}');
  expect(v2).toMatchObject({ status: 400, text: expect.stringContaining('parameters: unknown name') });
});

it.each(['/predict?__proto__=1', '/v1/models/mnist-disenn:explain?__proto__=1'])('a parameter: %s', async (path) => {
  expect(await refusal(path, '{}')).toMatchObject({ status: 400, text: expect.stringContaining('__proto__') });
});

it.each(['/predict', '/v1/models/mnist-disenn:explain'])('%s says which parameter is given twice', async (path) => {
  const { status, text } = await refusal(`${path}?explain=concepts&explain=none`, '{}');
  expect(status).toBe(400);
  expect(text).toContain('query: explain is given 2 times');
});

it.each([
  ['[]', 'an array of 0'],
  ['7', '7'],
  ['"a"', '\\"a\\"'],
])('concepts that are %s are told as %s', async (concepts, told) => {
  const { status, text } = await refusal('/predict', `{"instances":[{"image":"${png}","concepts":${concepts}}]}`);
  expect(status).toBe(400);
  expect(text).toContain(`got ${told}`);
});

describe('a part of a form that cannot be placed is refused', () => {
  const type = 'multipart/form-data; boundary="b 1"';
  const good = 'Content-Disposition: form-data; name="image"; filename="a.png"\r\nContent-Type: image/png';
  it.each([
    ['without Content-Disposition', 'Content-Type: image/png'],
    ['of another disposition', 'Content-Disposition: attachment; name="image"; filename="a.png"'],
    ['without a name', 'Content-Disposition: form-data; filename="a.png"\r\nContent-Type: image/png'],
    ['without a name or a file name', 'Content-Disposition: form-data'],
  ])('%s', async (_, head) => {
    const bytes = Buffer.from(png, 'base64');
    const form = (...heads: string[]): Buffer =>
      Buffer.concat([
        ...heads.flatMap((h) => [Buffer.from(`--b 1\r\n${h}\r\n\r\n`), bytes, Buffer.from('\r\n')]),
        Buffer.from('--b 1--\r\n'),
      ]);
    expect((await refusal('/predict?explain=none', form(good, good), type)).status).toBe(200);
    for (const heads of [[good, head], [head, good], [head]]) {
      const { status, text } = await refusal('/predict?explain=none', form(...heads), type);
      expect({ status, text }).toMatchObject({ status: 400, text: expect.stringMatching(/name|text fields/) });
    }
  });
});

describe('If-Match', () => {
  const asked = (headers: Record<string, string>) =>
    fetch(`${server.url}/models/mnist-disenn/manifest.json`, { headers });
  it('decides before a file is sent', async () => {
    const identity = { 'Accept-Encoding': 'identity' };
    const tag = (await asked(identity)).headers.get('etag') as string;
    const statuses = { [tag]: 200, '*': 200, [`"x", ${tag}`]: 200, '"x"': 412, [`W/${tag}`]: 412, nonsense: 412 };
    for (const [header, status] of Object.entries(statuses)) {
      expect((await asked({ ...identity, 'If-Match': header })).status, header).toBe(status);
    }
    expect(
      (await asked({ ...identity, 'If-Match': tag, 'If-None-Match': tag, 'Cache-Control': 'max-age=0' })).status,
    ).toBe(304);
    const refused = await asked({ ...identity, 'If-Match': '"x"', 'If-None-Match': tag });
    expect(errorResponseSchema.parse(await refused.json()).error.code).toBe('precondition_failed');
    // a file in memory has no Last-Modified, and RFC 9110 (§13.1.4) has that condition ignored then
    expect((await asked({ ...identity, 'If-Unmodified-Since': new Date(0).toUTCString() })).status).toBe(200);
  });
});
