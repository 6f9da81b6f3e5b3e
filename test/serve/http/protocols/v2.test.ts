import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { modelMetadataSchema } from '../../../../serve/http/protocols/v2/schema.ts';
import type { Models } from '../../../../serve/inference/served-model.ts';
import { expectClose } from '../../../helpers/close.ts';
import { listenOn, modelsOf } from '../../fixtures.ts';
import { nested, protocolApp, send } from './server.ts';
import { F, image, N, startV2, table, tensorsOf, tolerance, type V2Server } from './v2-server.ts';

/** The Open Inference Protocol: health, metadata, and inference in JSON. */

let v2: V2Server;
beforeAll(async () => {
  v2 = await startV2();
});
afterAll(() => v2.close());
const infer: V2Server['infer'] = (...asked) => v2.infer(...asked);

describe('health and metadata', () => {
  it('say what runs', async () => {
    const of = async (path: string) => {
      const { status, json } = await send(v2.server, 'GET', path);
      return [status, json()];
    };
    expect(await of('/v2')).toEqual([200, { name: 'senn-onnx', version: '1.2.3', extensions: ['binary_tensor_data'] }]);
    expect(await of('/v2/')).toEqual(await of('/v2'));
    expect(await of('/v2/health/live')).toEqual([200, { live: true }]);
    expect(await of('/v2/health/ready')).toEqual([200, { ready: true }]);
    expect(await of('/v2/models/compas-senn/ready')).toEqual([200, { name: 'compas-senn', ready: true }]);
    expect(await of('/v2/models/nobody/ready')).toEqual([404, { error: expect.stringContaining('nobody') }]);
  });

  it('describe tensors by the names of the Triton ensemble, in the shapes that infer answers with', async () => {
    for (const [name, version, golden] of [
      ['mnist-disenn', '5', image],
      ['compas-senn', '2', table],
    ] as const) {
      const metadata = modelMetadataSchema.parse((await send(v2.server, 'GET', `/v2/models/${name}`)).json());
      expect(metadata).toMatchObject({ name, versions: [version], platform: 'onnxruntime_onnx' });
      const { shape, data } = golden('input');
      expect(metadata.inputs).toEqual([{ name: 'input', datatype: 'FP32', shape: [-1, ...shape.slice(1)] }]);
      const input = { name: 'input', shape, datatype: 'FP32', data: Array.from(data) };
      const { json } = tensorsOf(await infer({ inputs: [input] }, {}, name));
      expect(json.outputs.map((output) => ({ ...output, shape: [-1, ...output.shape.slice(1)], data: 0 }))).toEqual(
        metadata.outputs.map((output) => ({ ...output, data: 0 })),
      );
      expect(metadata.outputs.map((output) => output.name)).toEqual([
        'concepts',
        'relevances',
        'contributions',
        'logits',
        'probabilities',
      ]);
    }
  });

  it('a server that is not ready answers 400, and lives on', async () => {
    const closing = await listenOn(protocolApp({ models: v2.models, ready: () => false }));
    const statuses = await Promise.all(
      ['ready', 'live'].map(async (path) => (await send(closing, 'GET', `/v2/health/${path}`)).status),
    );
    const model = await send(closing, 'GET', '/v2/models/compas-senn/ready');
    await closing.close();
    expect([...statuses, model.status]).toEqual([400, 200, 400]);
  });

  it('find a version of a name with dots, dashes and percent signs in the path', async () => {
    const [base] = v2.models.all();
    if (base === undefined) throw new Error('no model');
    const odd = { ...base, manifest: { ...base.manifest, name: 'a.b-c_1', version: '2.0-rc.1' } };
    const asked: (string | undefined)[] = [];
    const spied: Models = {
      ...modelsOf([odd]),
      named: (name, version) => {
        asked.push(name, version);
        return modelsOf([odd]).named(name);
      },
    };
    const other = await listenOn(protocolApp({ models: spied }));
    const path = '/v2/models/a%2Eb-c_1/versions/2.0%2Drc.1';
    const { status, json } = await send(other, 'GET', path);
    const ready = await send(other, 'GET', `${path}/ready`);
    await send(other, 'GET', '/v2/models/..%2F..%2Fetc');
    await other.close();
    expect([status, json(), ready.status]).toMatchObject([200, { name: 'a.b-c_1', versions: ['2.0-rc.1'] }, 200]);
    expect(asked).toEqual(['a.b-c_1', '2.0-rc.1', 'a.b-c_1', '2.0-rc.1', '../../etc', undefined]);
  });
});

describe('infer, in JSON', () => {
  it('is the request of the protocol’s text: an id, a flat tensor, one output', async () => {
    const request = {
      id: '42',
      inputs: [{ name: 'input', shape: [N, F], datatype: 'FP32', data: Array.from(table('input').data) }],
      outputs: [{ name: 'logits' }],
    };
    const answer = await infer(request, { 'Content-Type': 'application/json' });
    expect(answer.headers['content-type']).toBe('application/json; charset=utf-8');
    const { json, tensors } = tensorsOf(answer);
    expect(json).toMatchObject({ model_name: 'compas-senn', model_version: '2', id: '42' });
    expect(Object.keys(tensors)).toEqual(['logits']);
    expectClose(tensors['logits']?.data ?? [], table('logits').data, tolerance);
  });

  it('takes a tensor nested as its shape', async () => {
    const input = { name: 'input', shape: image('input').shape, datatype: 'FP32', data: nested(image('input')) };
    const { tensors, json } = tensorsOf(await infer({ inputs: [input] }, {}, 'mnist-disenn'));
    expect(json).not.toHaveProperty('id');
    expectClose(tensors['logits']?.data ?? [], image('logits').data, tolerance);
    expectClose(tensors['relevances']?.data ?? [], image('relevances').data, tolerance);
  });

  /** `InferRequest.to_rest` of https://github.com/kserve/kserve/blob/master/python/kserve/kserve/protocol/infer_type.py */
  it('takes what KServe’s client sends, which names the model and leaves parameters of its own', async () => {
    const data = JSON.stringify(Array.from(table('input').data));
    const body = `{"id":"0f8fad5b-d9cb-469f-a165-70867728950e","model_name":"compas-senn","inputs":[{"name":"input","shape":[${N},${F}],"datatype":"FP32","parameters":{"content_type":"np"},"data":${data}}],"outputs":[{"name":"probabilities","parameters":{"binary_data":false}}],"parameters":{"test-str":"dummy","test-bool":true,"test-int":100}}`;
    const { json, tensors } = tensorsOf(await infer(body));
    expect(json.id).toBe('0f8fad5b-d9cb-469f-a165-70867728950e');
    expect(tensors['probabilities']?.shape).toEqual([N, 2]);
  });

  it('gives contributions that sum to the logits', async () => {
    const input = { name: 'input', shape: [N, F], datatype: 'FP32', data: nested(table('input')) };
    const { tensors } = tensorsOf(await infer({ inputs: [input] }));
    const rows = nested(tensors['contributions'] as never) as number[][][];
    const sums = rows.map((row) => [0, 1].map((c) => row.reduce((sum, k) => sum + (k[c] as number), 0)));
    expectClose(sums, nested(tensors['logits'] as never) as number[][], { absolute: 1e-4 });
  });
});
