import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type PlainPng, plainPngHeader } from '../../../../serve/images/plain-png.ts';
import type { BatchInput } from '../../../../serve/inference/batch-input.ts';
import type { ServedModel } from '../../../../serve/inference/served-model.ts';
import { sharedBytes } from '../../../../serve/shared-bytes.ts';
import { expectClose } from '../../../helpers/close.ts';
import { digitPng, modelPath, openModels, type TestModels } from '../../fixtures.ts';
import { bare, input, type Prediction, parsed, pngInput, spoilt, whole } from './inputs.ts';

let models: TestModels;
let model: ServedModel;
const sizes: number[] = [];

async function predictions(batch: BatchInput, options: Parameters<ServedModel['answer']>[1] = bare) {
  const { value } = await model.answer(batch, options);
  return parsed(value);
}

beforeAll(async () => {
  models = await openModels([modelPath], {
    threads: 2,
    events: { batchDone: (_model, size) => sizes.push(size) },
  });
  model = models.named('mnist-disenn');
});
afterAll(() => models.close());

describe('the engine', () => {
  it('joins jobs that come together, and each gets its own answer: a batch of n is n batches of one', async () => {
    const alone: Prediction[] = [];
    for (let i = 0; i < 12; i++)
      alone.push(...(await predictions(input(i), { ...whole, explain: [...whole.explain] })));
    sizes.length = 0;
    const options = (i: number) => ({ ...whole, explain: i % 3 === 0 ? [] : [...whole.explain], steps: 3 });
    const together = await Promise.all(Array.from({ length: 12 }, (_, i) => predictions(input(i), options(i))));
    expect(Math.max(...sizes)).toBeGreaterThan(1);
    together.forEach(([answer], i) => {
      const { traversals, ...rest } = answer as Prediction;
      expectClose(rest.logits, alone[i]?.logits as number[], { absolute: 1e-4, relative: 1e-4 });
      expect(rest.label).toBe(alone[i]?.label);
      expect(traversals === undefined).toBe(i % 3 === 0);
      if (traversals !== undefined) {
        expectClose(
          traversals.map(({ values }) => values),
          alone[i]?.traversals?.map(({ values }) => values) as number[][],
          { absolute: 1e-4, relative: 1e-4 },
        );
        expect(traversals.map(({ images }) => images?.length)).toEqual(Array(10).fill(3));
      }
    });
  });

  it('gives tensors by name, which belong together', async () => {
    const names = ['concepts', 'relevances', 'contributions', 'logits', 'probabilities'] as const;
    const { value } = await model.tensors(input(0, 3), names);
    expect(names.map((name) => value[name].shape)).toEqual([
      [3, 10],
      [3, 10, 10],
      [3, 10, 10],
      [3, 10],
      [3, 10],
    ]);
    const [first] = await predictions(input(0), { ...bare, explain: ['contributions'] });
    const near = { absolute: 1e-4, relative: 1e-4 };
    expectClose(value.logits.data.slice(0, 10), first?.logits as number[], near);
    expectClose(value.contributions.data.slice(0, 100), first?.contributions?.flat() as number[], near);
  });

  it('says where the time went', async () => {
    const { timings } = await model.answer(input(0), bare);
    expect(Object.keys(timings)).toEqual(['queue', 'decode', 'compute', 'encode']);
    for (const milliseconds of Object.values(timings)) expect(milliseconds).toBeGreaterThanOrEqual(0);
    expect(timings.compute).toBeGreaterThan(0);
  });

  it('keeps the code of an error that a worker raised', async () => {
    const wrong = model.answer({ kind: 'tensor', tensor: { shape: [1, 5], data: new Float32Array(5) } }, bare);
    await expect(wrong).rejects.toMatchObject({ code: 'shape_mismatch', message: expect.stringContaining('[1, 5]') });
  });

  it('gives an error that nobody foresaw with the stack of the worker, and as none of ours', async () => {
    const error = await model.answer(input(0), { ...bare, explain: null as never }).catch((reason: unknown) => reason);
    expect(error).not.toHaveProperty('code');
    expect((error as Error).stack).toMatch(/TypeError[\s\S]*serve\//);
  });

  it('lets a job fail alone: values that are not finite, and an image that is none, spoil nobody else’s', async () => {
    const png = async (index: number, broken = false): Promise<BatchInput> => {
      const bytes = await digitPng(index);
      const header = plainPngHeader(bytes) as PlainPng;
      if (broken) bytes[60] = (bytes[60] as number) ^ 0xff;
      return pngInput(sharedBytes(bytes), header);
    };
    const inputs = [await png(0), spoilt(), await png(1), await png(2, true), input(3)];
    const outcomes = await Promise.allSettled(inputs.map((one) => predictions(one)));
    expect(outcomes.map(({ status }) => status)).toEqual([
      'fulfilled',
      'rejected',
      'fulfilled',
      'rejected',
      'fulfilled',
    ]);
    const reasons = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason.code] : []));
    expect(reasons).toEqual(['inference_failed', 'invalid_image']);
    expect(outcomes.flatMap((o) => (o.status === 'fulfilled' ? o.value.map(({ label }) => label) : []))).toEqual(
      [0, 1, 3].map((i) => ['7', '2', '1', '0'][i]),
    );
  });

  it('drops a job whose client has gone while it waited', async () => {
    const controller = new AbortController();
    const busy = Array.from({ length: 4 }, () => model.answer(input(0, 32), { ...bare, explain: ['traversals'] }));
    const dropped = model.answer(input(0), bare, controller.signal);
    controller.abort();
    await expect(dropped).rejects.toMatchObject({ code: 'unavailable' });
    await Promise.all(busy);
  });
});
