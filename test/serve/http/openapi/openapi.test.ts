import { Validator } from '@seriousme/openapi-schema-validator';
import { Ajv2020 } from 'ajv/dist/2020.js';
import express, { type Express } from 'express';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApp } from '../../../../serve/http/app.ts';
import { securityHeaders } from '../../../../serve/http/middleware/headers.ts';
import { openApiDocument } from '../../../../serve/http/openapi/document.ts';
import { openApiRouter } from '../../../../serve/http/openapi/router.ts';
import { settleHeaders } from '../../../../serve/http/response-headers.ts';
import type { ModelAdmin } from '../../../../serve/inference/served-model.ts';
import {
  digitPng,
  formOf,
  listening,
  listenOn,
  modelPath,
  openModels,
  type TestModels,
  type TestServer,
} from '../../fixtures.ts';
import { routesOf } from '../protocols/routes.ts';
import { goldenOf, nested, protocolApp, send } from '../protocols/server.ts';

let models: TestModels;
let admin: ModelAdmin;
let protocols: TestServer;
let own: TestServer;

beforeAll(async () => {
  models = await openModels([modelPath]);
  const [model] = models.all();
  if (model === undefined) throw new Error('no model');
  admin = {
    load: async () => model,
    unload: async () => {},
    index: async () => [
      { name: 'mnist-disenn', version: '1', state: 'ready', reason: '' },
      { name: 'broken', version: '', state: 'unavailable', reason: 'no manifest.json' },
    ],
  };
  protocols = await listenOn(protocolApp({ models, admin }));
  own = await listening({ models });
});

afterAll(async () => {
  await Promise.all([protocols.close(), own.close()]);
  await models.close();
});

const document = openApiDocument({ version: '1.2.3', admin: true });
const ajv = new Ajv2020({ strict: false, validateFormats: false, allErrors: true });
ajv.addSchema({ $id: 'document', components: document.components });

/** An answer of a server against what the document says of it. */
function expectDocumented(method: 'get' | 'post', path: string, status: number, body: unknown): void {
  const operation = document.paths[path]?.[method] as
    | { responses: Record<string, { content: Record<string, { schema: { $ref: string } }> }> }
    | undefined;
  const ref = operation?.responses[status]?.content['application/json']?.schema.$ref;
  expect(ref, `${method} ${path} ${status}`).toBeDefined();
  const valid = ajv.validate({ $ref: `document${ref}` }, body);
  expect(valid, JSON.stringify(ajv.errors?.slice(0, 3))).toBe(true);
}

describe('the document', () => {
  it('is valid OpenAPI 3.1, with and without the admin routes', async () => {
    for (const switched of [true, false]) {
      const validator = new Validator();
      const { valid, errors } = await validator.validate(
        JSON.parse(JSON.stringify(openApiDocument({ version: '1.2.3', admin: switched }))),
      );
      expect(valid, JSON.stringify(errors)).toBe(true);
      expect(validator.version).toBe('3.1');
    }
    const wrong = { ...document, paths: { '/predict': { post: { responses: 7 } } } };
    expect((await new Validator().validate(JSON.parse(JSON.stringify(wrong)))).valid).toBe(false);
  });

  it('has no reference that leads nowhere, and no operation id twice', () => {
    const text = JSON.stringify(document);
    for (const [, name] of text.matchAll(/"#\/components\/schemas\/([^"]*)"/g)) {
      expect(Object.keys(document.components.schemas)).toContain(name);
    }
    expect(text).not.toMatch(/"\$ref":"#\/\$defs/);
    const ids = [...text.matchAll(/"operationId":"(\w+)"/g)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('has every route that is mounted, and the protocols’ have every route that it has of theirs', () => {
    const documented = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method} ${path}`),
    );
    const page = { kind: 'missing', reason: '' } as const;
    const docs = routesOf(openApiRouter({ version: '', admin: true, models }));
    const ofProtocols = routesOf(protocolApp({ models, admin }));
    // with a limit of rates, all of it is in Express
    const config = { rateLimit: { requestsPerMinute: 1 } };
    const ofApp = routesOf(createApp({ models, page, config, logger: pino({ level: 'silent' }) }) as Express);
    for (const route of [...docs, ...ofProtocols, ...ofApp]) {
      expect(documented).toContain(route);
    }
    const theirs = documented.filter((route) => /^\w+ \/(v1|v2|admin|$)/.test(route));
    expect(ofProtocols).toEqual(theirs.sort());
  });

  it('leaves the admin routes out where they are switched off', () => {
    const paths = Object.keys(openApiDocument({ version: '', admin: false }).paths);
    expect(paths.filter((path) => /admin|repository/.test(path))).toEqual([]);
    expect(paths).toContain('/v2/models/{name}/infer');
  });
});

describe('answers are as the document says', () => {
  const image = goldenOf('mnist-disenn');
  const input = { name: 'input', shape: image('input').shape, datatype: 'FP32', data: Array.from(image('input').data) };
  const instances = { instances: nested(image('input')) };

  it.each([
    ['get', '/v1/models', '/v1/models', undefined],
    ['get', '/v1/models/{name}', '/v1/models/mnist-disenn', undefined],
    ['post', '/v1/models/{name}:predict', '/v1/models/mnist-disenn:predict', instances],
    ['post', '/v1/models/{name}:explain', '/v1/models/mnist-disenn:explain?contrast=3', instances],
    ['post', '/v1/models/{name}:predict', '/v1/models/mnist-disenn:predict', {}],
    ['post', '/v1/models/{name}:predict', '/v1/models/nobody:predict', instances],
    ['get', '/v2', '/v2', undefined],
    ['get', '/v2/health/live', '/v2/health/live', undefined],
    ['get', '/v2/health/ready', '/v2/health/ready', undefined],
    ['get', '/v2/models/{name}', '/v2/models/mnist-disenn', undefined],
    ['get', '/v2/models/{name}/versions/{version}', '/v2/models/mnist-disenn/versions/1', undefined],
    ['get', '/v2/models/{name}/ready', '/v2/models/mnist-disenn/ready', undefined],
    ['get', '/v2/models/{name}', '/v2/models/nobody', undefined],
    ['post', '/v2/models/{name}/infer', '/v2/models/mnist-disenn/infer', { id: 'a', inputs: [input] }],
    ['post', '/v2/models/{name}/infer', '/v2/models/mnist-disenn/infer', { inputs: [] }],
    ['post', '/v2/repository/index', '/v2/repository/index', {}],
    ['post', '/v2/repository/models/{name}/load', '/v2/repository/models/broken/load', {}],
    ['post', '/v2/repository/models/{name}/unload', '/v2/repository/models/nobody/unload', {}],
    ['get', '/admin/models', '/admin/models', undefined],
    ['post', '/admin/models/{name}/reload', '/admin/models/mnist-disenn/reload', undefined],
    ['post', '/admin/models/{name}/unload', '/admin/models/mnist-disenn/unload', undefined],
    ['post', '/admin/models/{name}/unload', '/admin/models/nobody/unload', undefined],
  ] as const)('%s %s at %s', async (method, path, at, body) => {
    const answer = await send(protocols, method.toUpperCase(), at, body === undefined ? '' : JSON.stringify(body));
    expectDocumented(method, path, answer.status, answer.json());
  });

  it.each([
    ['get', '/health', '/health'],
    ['get', '/models', '/models'],
    ['get', '/models/{name}/{file}', '/models/nobody/manifest.json'],
  ] as const)('%s %s at %s', async (method, path, at) => {
    const answer = await send(own, method.toUpperCase(), at);
    expectDocumented(method, path, answer.status, answer.json());
  });

  it('post /predict, a refusal of it, and one that the document does not know', async () => {
    for (const [body, query] of [
      [formOf([await digitPng(0)]), '?contrast=3'],
      [formOf([await digitPng(0)]), '?sheet=1'],
      [formOf(['no image']), ''],
    ] as const) {
      const answer = await fetch(`${own.url}/predict${query}`, { method: 'POST', body });
      expectDocumented('post', '/predict', answer.status, await answer.json());
    }
    expect(() => expectDocumented('post', '/predict', 200, { predictions: [] })).toThrow();
    expect(() => expectDocumented('post', '/predict', 200, { ...{}, model: 1 })).toThrow();
  });

  it('requests that are answered are such as it describes', () => {
    for (const [name, body, valid] of [
      ['V1Request', instances, true],
      ['V1Request', { instances: [{ b64: 'AAAA' }, { image: { b64: 'AAAA' } }, { features: { age: 1 } }] }, true],
      ['V1Request', { inputs: { age: [1, 2] } }, true],
      ['V1Request', { instances: [{ picture: 'AAAA' }] }, false],
      ['InferRequest', { id: 'a', model_name: 'm', inputs: [input] }, true],
      ['InferRequest', { inputs: [{ ...input, shape: [-1] }] }, false],
      ['PredictRequest', { instances: [{ image: 'AAAA' }] }, true],
    ] as const) {
      expect(ajv.validate({ $ref: `document#/components/schemas/${name}` }, body), name).toBe(valid);
    }
  });
});

describe('what is served', () => {
  it('is the document and its page, which may load nothing', async () => {
    const server = await listenOn(
      express().use(securityHeaders, settleHeaders, openApiRouter({ version: '1.2.3', admin: false, models })),
    );
    const page = await fetch(`${server.url}/docs`);
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(await page.text()).toContain('<h1>senn-onnx 1.2.3</h1>');
    const { info } = (await (await fetch(`${server.url}/openapi.json`)).json()) as typeof document;
    expect(info).toMatchObject({ title: 'senn-onnx', version: '1.2.3' });
    expect((await fetch(`${server.url}/docs`, { method: 'POST' })).status).toBe(405);
    await server.close();
  });
});
