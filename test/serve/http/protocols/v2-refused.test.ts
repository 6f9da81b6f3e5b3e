import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { send } from './server.ts';
import { F, limits, startV2, type V2Server } from './v2-server.ts';

/** What the Open Inference Protocol refuses, and with which words. */

let v2: V2Server;
beforeAll(async () => {
  v2 = await startV2();
});
afterAll(() => v2.close());
const infer: V2Server['infer'] = (...asked) => v2.infer(...asked);

describe('refused', () => {
  const data = Array(F).fill(0);
  const input = { name: 'input', shape: [1, F], datatype: 'FP32', data };
  it.each([
    ['nothing', '', /must be an inference request/],
    ['no JSON', '{"inputs":', /^body: /],
    ['no inputs', {}, /inputs/],
    ['two inputs', { inputs: [input, input] }, /expected 1 inputs but got 2 inputs for model 'compas-senn'/],
    ['an input of another name', { inputs: [{ ...input, name: 'x' }] }, /unexpected inference input 'x' for model/],
    [
      'FP64',
      { inputs: [{ ...input, datatype: 'FP64' }] },
      /data-type is 'FP64', model expects 'FP32' for 'compas-senn'/,
    ],
    ['UINT8', { inputs: [{ ...input, datatype: 'UINT8' }] }, /'UINT8'/],
    ['a shape without a batch', { inputs: [{ ...input, shape: [F] }] }, /Expected \[-1,11\], got \[11\]/],
    ['a fraction in the shape', { inputs: [{ ...input, shape: [1.5, F] }] }, /shape/],
    ['too few numbers', { inputs: [{ ...input, data: [1] }] }, /inputs\.0\.data/],
    ['too many numbers', { inputs: [{ ...input, data: [...data, 1] }] }, /inputs\.0\.data/],
    ['a number as text', { inputs: [{ ...input, data: ['1', ...data.slice(1)] }] }, /inputs\.0\.data/],
    [
      'a number beyond 64 bits',
      JSON.stringify({ inputs: [{ ...input, data: [7, ...data.slice(1)] }] }).replace('[7', '[1e999'),
      /inputs\.0\.data.*must be a finite float32, got Infinity/,
    ],
    ['no data', { inputs: [{ ...input, data: undefined }] }, /data or binary_data_size/],
    ['data twice', { inputs: [{ ...input, parameters: { binary_data_size: 44 } }] }, /got both/],
    ['an unknown output', { inputs: [input], outputs: [{ name: 'y' }] }, /unexpected inference output 'y' for model/],
    ['an output twice', { inputs: [input], outputs: [{ name: 'logits' }, { name: 'logits' }] }, /asked for twice/],
    ['outputs without end', { inputs: [input], outputs: Array(40).fill({ name: 'logits' }) }, /outputs: 40/],
    ['an id that is a number', { id: 42, inputs: [input] }, /id/],
    ['a flag that is a text', { inputs: [input], parameters: { binary_data_output: 'yes' } }, /true or false/],
    ['shared memory', { inputs: [{ ...input, parameters: { shared_memory_region: 'r' } }] }, /not supported/],
    [
      'classification',
      { inputs: [input], outputs: [{ name: 'logits', parameters: { classification: 1 } }] },
      /not supported/,
    ],
  ])('%s', async (_, body, says) => {
    const answer = await infer(body);
    expect([answer.status, answer.json()]).toEqual([400, { error: expect.stringMatching(says) }]);
  });

  it('bytes behind JSON that tells of none', async () => {
    const json = JSON.stringify({ inputs: [input] });
    const answer = await infer(`${json}abc`, { 'Inference-Header-Content-Length': String(json.length) });
    expect([answer.status, answer.json()]).toEqual([400, { error: expect.stringMatching(/additional input data/) }]);
  });

  it('what is too large: inputs, a declared body, a sent one; and a compressed one', async () => {
    const many = { ...input, shape: [9, F], data: Array(9 * F).fill(0) };
    expect((await infer({ inputs: [many] })).status).toBe(413);
    expect((await infer(Buffer.alloc(limits.bodyBytes + 1))).status).toBe(413);
    expect((await infer('x', { 'Content-Encoding': 'gzip' })).status).toBe(415);
  });

  it('other routes, methods, models and versions', async () => {
    expect((await send(v2.server, 'GET', '/v2/models/compas-senn/infer')).headers['allow']).toBe('POST');
    expect((await send(v2.server, 'POST', '/v2/health/live')).status).toBe(405);
    for (const path of ['/v2/models', '/v2/models/stats', '/v2/repository/index', '/v2/models/nobody/versions/1']) {
      const answer = await send(v2.server, 'GET', path);
      expect([answer.status, answer.json()]).toEqual([404, { error: expect.any(String) }]);
    }
    expect((await infer('', {}, '%zz')).status).toBe(400);
  });
});
