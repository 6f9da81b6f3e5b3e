import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type PredictResponse, predictResponseSchema } from '../../../core/api.ts';
import type { AttributionAnswer } from '../../../core/attributions/answers/schema.ts';
import { attributionsSchema } from '../../../serve/config/attributions.ts';
import { createApp } from '../../../serve/http/app.ts';
import { v1ExplainResponseSchema } from '../../../serve/http/protocols/v1/router.ts';
import { inferResponseSchema } from '../../../serve/http/protocols/v2/schema.ts';
import { linearKernel as kernel, linearMean as mean, writeLinearBlackBox } from '../../helpers/black-box.ts';
import { expectClose } from '../../helpers/close.ts';
import { listenOn, modelPath, modelsDirectory, openModels, type TestModels, type TestServer } from '../fixtures.ts';
import { digits } from '../inference/engine/inputs.ts';

/** Attributions over HTTP, of a model that explains itself and of a black box: what is answered, and what bounds them. */

const row = [2, 14, -1];

let root: string;
let models: TestModels;
let server: TestServer;
const attributions = attributionsSchema.parse({ queries: 4000, queriesPerRequest: 12_000 });

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'senn-attributions-'));
  await writeLinearBlackBox(root);
  models = await openModels([join(modelsDirectory, 'compas-senn'), modelPath, join(root, 'linear')], { attributions });
  const page = { kind: 'missing', reason: 'no page' } as const;
  server = await listenOn(createApp({ models, logger: pino({ level: 'silent' }), page }));
});
afterAll(async () => {
  await server.close();
  await models.close();
  await rm(root, { recursive: true });
});

const post = (path: string, body: unknown, accept = 'application/json') =>
  fetch(`${server.url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept },
    body: JSON.stringify(body),
  });

const named = (values: readonly number[], names: readonly string[]) =>
  Object.fromEntries(names.map((name, f) => [name, values[f]]));
const ofLinear = { features: named(row, ['a', 'b', 'c']) };

function compasRow() {
  const { input } = models.named('compas-senn').manifest;
  const names = input.kind === 'tabular' ? input.features.map(({ name }) => name) : [];
  return { names, features: named([1, 7, 0, 1, 1, 0, 0, 0, 0, 0, 0], names) };
}

async function predicted(query: string, body: unknown): Promise<PredictResponse['predictions'][number]> {
  const response = await post(`/predict?${query}`, body);
  expect(response.status, await response.clone().text()).toBe(200);
  return predictResponseSchema.parse(await response.json()).predictions[0] ?? expect.fail('no prediction');
}

async function refused(path: string, body: unknown) {
  const response = await post(path, body);
  const { error } = (await response.json()) as { error: { code: string; message: string } };
  return { status: response.status, ...error };
}

const of = (found: PredictResponse['predictions'][number], name: string): AttributionAnswer =>
  (found.attributions as Record<string, AttributionAnswer> | undefined)?.[name] ?? expect.fail(`no ${name}`);

describe('attributions of a model that explains itself', () => {
  it('say what they are of; those of kernel-shap sum to the logit less that of the baseline, which is said', async () => {
    const { names, features } = compasRow();
    const found = await predicted('model=compas-senn&explain=lime,kernel-shap,occlusion', {
      instances: [{ features }],
    });
    expect(found.concepts).toBeUndefined();
    const shap = of(found, 'kernel-shap');
    expect(shap).toMatchObject({
      class: { label: found.label, index: found.index },
      explains: 'logit',
      shape: [names.length],
      features: names,
      baseline: { kind: 'means' },
    });
    expect(of(found, 'lime')).toMatchObject({ explains: 'probability', drawn: 'quartiles', queries: 4000 });
    expect(of(found, 'occlusion').queries).toBe(1 + names.length);
    const usual = named(shap.baseline.values as number[], names);
    const atBaseline = await predicted('model=compas-senn&explain=none', { instances: [{ features: usual }] });
    const sum = shap.values.reduce((total, value) => total + value, 0);
    expect(sum).toBeCloseTo((found.logits[found.index] as number) - (atBaseline.logits[found.index] as number), 4);
    expect(atBaseline.attributions).toBeUndefined();
  });

  it('are the same whatever stands beside the input, and others of lime with another seed', async () => {
    const { features } = compasRow();
    const asked = 'model=compas-senn&explain=lime&queries=200';
    const alone = of(await predicted(asked, { instances: [{ features }] }), 'lime');
    const first = of(await predicted(asked, { instances: [{ features }, { features }] }), 'lime');
    const seeded = of(await predicted(`${asked}&seed=1`, { instances: [{ features }] }), 'lime');
    expect(first.values).toEqual(alone.values);
    expect(seeded.values).not.toEqual(alone.values);
    expect(alone.queries).toBe(200);
  });
});

describe('attributions of a black box', () => {
  const expected = row.map((value, f) => (kernel[f]?.[1] as number) * (value - (mean[f] as number)));

  it('are w·(x − mean) of a linear one, over :explain, where kernel-shap is what is given without asking', async () => {
    const response = await post('/v1/models/linear:explain', { instances: [ofLinear] });
    const { explanations } = v1ExplainResponseSchema.parse(await response.json());
    const found = of(explanations[0] ?? expect.fail('none'), 'kernel-shap');
    const sign = found.class.index === 1 ? 1 : -1;
    const no = row.map((value, f) => (kernel[f]?.[0] as number) * (value - (mean[f] as number)));
    expectClose(found.values, sign === 1 ? expected : no, { absolute: 1e-4, relative: 0 });
    expect(found.baseline).toMatchObject({ kind: 'means', values: mean });
  });

  it('are given by Open Inference V2 as outputs that are asked for by name, with the same values', async () => {
    const input = { name: 'input', shape: [1, 3], datatype: 'FP32', data: row };
    const outputs = [{ name: 'logits' }, { name: 'occlusion' }];
    const response = await post('/v2/models/linear/infer', { inputs: [input], outputs, parameters: { seed: 3 } });
    const answer = inferResponseSchema.parse(await response.json());
    expect(answer.outputs.map(({ name, shape }) => [name, shape])).toEqual([
      ['logits', [1, 2]],
      ['occlusion', [1, 3]],
    ]);
    const found = of(await predicted('model=linear&explain=occlusion', { instances: [ofLinear] }), 'occlusion');
    expect(answer.outputs[1]).toMatchObject({
      parameters: { explains: 'logit', baseline: 'means', classes: String(found.class.index), queries: 4, seed: 3 },
    });
    expectClose(answer.outputs[1]?.data as number[], found.values, { absolute: 0, relative: 0 });
    const all = inferResponseSchema.parse(await (await post('/v2/models/linear/infer', { inputs: [input] })).json());
    expect(all.outputs.map(({ name }) => name)).toEqual(['logits', 'probabilities']);
  });

  it('are none of a plain prediction, nor where explain=none says so', async () => {
    expect((await predicted('model=linear', { instances: [ofLinear] })).attributions).toBeUndefined();
    const response = await post('/v1/models/linear:explain?explain=none', { instances: [ofLinear] });
    const { explanations } = v1ExplainResponseSchema.parse(await response.json());
    expect(explanations[0]?.attributions).toBeUndefined();
  });
});

describe('the bounds of attributions', () => {
  it.each([
    ['explain=lime&queries=4001', 1, 400, 'at most 4000 are taken'],
    ['explain=lime', 4, 413, '16000 rows for 4 inputs'],
    ['explain=none&queries=10', 1, 400, 'name one in explain'],
    ['explain=random', 1, 400, 'must be "none" or a comma list'],
    ['explain=lime&seed=x', 1, 400, 'seed: must be a whole number'],
  ])('%s for %i inputs is refused with what is allowed', async (query, count, status, message) => {
    const instances = Array.from({ length: count }, () => ofLinear);
    const found = await refused(`/predict?model=linear&${query}`, { instances });
    expect(found).toMatchObject({ status, message: expect.stringContaining(message) });
  });

  const asked = { names: ['lime', 'kernel-shap'] as const, queries: undefined, seed: 0 };
  const input = (count: number) => ({ kind: 'tensor', tensor: digits(0, count) }) as const;

  it('end what takes too long with an error that says how far it came', async () => {
    const quick = await openModels([modelPath], { attributions: { ...attributions, timeMs: 100, queries: 100_000 } });
    try {
      const found = quick.named('mnist-disenn').attributions(input(3), asked);
      await expect(found).rejects.toMatchObject({
        code: 'timeout',
        message: expect.stringMatching(/\d+ of at most \d+ rows/),
      });
    } finally {
      await quick.close();
    }
  });

  it('end what nobody waits for, keep what is beyond the queue out, and no prediction waiting', async () => {
    const narrow = await openModels([modelPath], {
      attributions: { ...attributions, maxQueue: 2, queriesPerRequest: 100_000 },
    });
    try {
      const model = narrow.named('mnist-disenn');
      await model.attributions(input(1), { ...asked, queries: 64 }); // its thread is started and has the model open
      const gone = { aborted: false };
      let ended = false;
      const long = model.attributions(input(3), asked, gone).finally(() => {
        ended = true;
      });
      await new Promise((resolve) => setTimeout(resolve, 20)); // it runs, and does not wait
      const waiting = model.attributions(input(2), { ...asked, queries: 64 }, gone);
      const outcomes = Promise.allSettled([long, waiting]);
      await new Promise((resolve) => setTimeout(resolve, 20));
      await expect(model.attributions(input(1), asked)).rejects.toMatchObject({ code: 'unavailable' });
      await model.tensors(input(1), ['logits']);
      expect(ended).toBe(false);
      gone.aborted = true;
      for (const outcome of await outcomes) {
        expect(outcome).toMatchObject({ status: 'rejected', reason: { code: 'unavailable' } });
      }
    } finally {
      await narrow.close();
    }
  });
});
