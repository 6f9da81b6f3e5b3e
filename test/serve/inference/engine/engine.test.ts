import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PredictResponse } from '../../../../core/api.ts';
import type { Tensor } from '../../../../core/tensor.ts';
import { type PlainPng, plainPngHeader } from '../../../../serve/images/plain-png.ts';
import type { BatchInput } from '../../../../serve/inference/batch-input.ts';
import { startEngine } from '../../../../serve/inference/engine/engine.ts';
import { createInference } from '../../../../serve/inference/engine/inference.ts';
import { type BatchMessage, UNOPENED } from '../../../../serve/inference/engine/messages.ts';
import { startPool, ThreadDied } from '../../../../serve/inference/engine/pool.ts';
import type { ServedModel } from '../../../../serve/inference/served-model.ts';
import { readBundle } from '../../../../serve/models/bundle.ts';
import { sharedBytes } from '../../../../serve/shared-bytes.ts';
import { expectClose } from '../../../helpers/close.ts';
import { digitBytes, digitPng, modelPath, openModels, type TestModels } from '../../fixtures.ts';

type Prediction = PredictResponse['predictions'][number];

let models: TestModels;
let model: ServedModel;
const sizes: number[] = [];

const bare = { explain: [], steps: 1, contrast: undefined, sheet: false };
const whole = { explain: ['concepts', 'relevances', 'contributions', 'traversals'], steps: 3, sheet: false } as const;

/** The digits of the test set from `first` on. @returns `[size, 1, 28, 28]` */
function digits(first: number, size: number): Tensor {
  const bytes = Array.from({ length: size }, (_, i) => [...digitBytes(first + i)]).flat();
  return { shape: [size, 1, 28, 28], data: Float32Array.from(bytes, (byte) => byte / 255) };
}
const input = (first: number, size = 1): BatchInput => ({ kind: 'tensor', tensor: digits(first, size) });

async function predictions(batch: BatchInput, options: Parameters<ServedModel['answer']>[1] = bare) {
  const { value } = await model.answer(batch, options);
  return JSON.parse(`[${new TextDecoder().decode(value)}]`) as Prediction[];
}

beforeAll(async () => {
  models = await openModels([modelPath], {
    threads: 2,
    events: { batchDone: (_model, size) => sizes.push(size) },
  });
  model = models.named('mnist-disenn');
});
afterAll(() => models.close());

/** One image, as `decodeAll` leaves a plain PNG. */
const pngInput = (bytes: Uint8Array, header = plainPngHeader(bytes) as PlainPng): BatchInput => ({
  kind: 'images',
  images: [{ kind: 'png', where: 'image 0', bytes, header }],
  invert: 'auto',
});

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
        expect(traversals.map(({ images }) => images?.length)).toEqual(Array(8).fill(3));
      }
    });
  });

  it('gives tensors by name, which belong together', async () => {
    const names = ['concepts', 'relevances', 'contributions', 'logits', 'probabilities'] as const;
    const { value } = await model.tensors(input(0, 3), names);
    expect(names.map((name) => value[name].shape)).toEqual([
      [3, 8],
      [3, 8, 10],
      [3, 8, 10],
      [3, 10],
      [3, 10],
    ]);
    const [first] = await predictions(input(0), { ...bare, explain: ['contributions'] });
    const near = { absolute: 1e-4, relative: 1e-4 };
    expectClose(value.logits.data.slice(0, 10), first?.logits as number[], near);
    expectClose(value.contributions.data.slice(0, 80), first?.contributions?.flat() as number[], near);
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
    const infinite: BatchInput = {
      kind: 'tensor',
      tensor: { shape: [1, 1, 28, 28], data: new Float32Array(784).fill(Number.NaN) },
    };
    const inputs = [await png(0), infinite, await png(1), await png(2, true), input(3)];
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

describe('a thread that dies', () => {
  /** The threads of the real pool, of which those that run a batch that `dies` says die. */
  function mortal(dies: (message: BatchMessage, run: number) => boolean) {
    const runs: number[] = [];
    const start: typeof startPool = (threads, onDeath) => {
      const pool = startPool(threads, onDeath);
      return {
        close: pool.close,
        async run(message) {
          const run = message.asks.length > 0 ? runs.push(message.asks.length) : 0;
          if (run === 0 || !dies(message, run)) return pool.run(message);
          onDeath(new Error('worker exited with code: 1'));
          throw new ThreadDied('worker exited with code: 1');
        },
      };
    };
    return { runs, start };
  }

  async function withThreads<T>(
    dies: (message: BatchMessage, run: number) => boolean,
    use: (asked: (index: number) => Promise<Prediction[]>, deaths: readonly Error[]) => Promise<T>,
  ): Promise<T> {
    const deaths: Error[] = [];
    const { start } = mortal(dies);
    const batch = { maxSize: 8, maxDelayMs: 0, maxQueue: 100 };
    const events = { threadDied: (error: Error) => deaths.push(error) };
    const engine = startEngine({ threads: 1, inlineJobs: 0, providers: ['cpu'], batch, events }, start);
    try {
      const served = await engine.open(await readBundle(modelPath));
      return await use(async (index) => {
        const { value } = await served.answer(input(index), bare);
        return JSON.parse(`[${new TextDecoder().decode(value)}]`) as Prediction[];
      }, deaths);
    } finally {
      await engine.close();
    }
  }

  it('loses nothing: its jobs are run once more', async () => {
    await withThreads(
      (_message, run) => run === 1,
      async (asked, deaths) => {
        const answers = (await Promise.all([0, 1, 2, 3].map(asked))).flat();
        expect(answers.map(({ label }) => label)).toEqual(['7', '2', '1', '0']);
        expect(deaths).toHaveLength(1);
      },
    );
  });

  it('is not followed by every other: a job that threads die of fails alone, after the second', async () => {
    const one = digits(2, 1).data.join();
    const deadly = ({ asks }: BatchMessage): boolean =>
      asks.some((ask) => ask.input.kind === 'tensor' && ask.input.tensor.data.join() === one);
    await withThreads(deadly, async (asked) => {
      const outcomes = await Promise.allSettled([0, 1, 2, 3].map(asked));
      expect(outcomes.map(({ status }) => status === 'fulfilled')).toEqual([true, true, false, true]);
      const reason = outcomes.find((outcome) => outcome.status === 'rejected')?.reason;
      expect(reason).toMatchObject({ code: 'inference_failed', message: expect.stringContaining('two threads ended') });
    });
  });
});

describe('what runs batches', () => {
  it('says that it has not opened a model that it is not told, then keeps it open while it is served', async () => {
    const { id, files } = await readBundle(modelPath);
    const model = { files, providers: ['cpu'] };
    const inference = createInference();
    const ask = { kind: 'answer', input: input(0), options: bare } as const;
    expect(await inference.run({ id, asks: [ask], live: [id] })).toBe(UNOPENED);
    expect(await inference.run({ id, model, asks: [], live: [id] })).toMatchObject({ ok: true, results: [] });
    expect(await inference.run({ id, asks: [ask], live: [id] })).toMatchObject({ ok: true, results: [{ ok: true }] });
    await inference.run({ id: 'another', model, asks: [], live: ['another'] });
    expect(await inference.run({ id, asks: [ask], live: ['another'] })).toBe(UNOPENED);
    await inference.close();
    expect(await inference.run({ id: 'another', asks: [ask], live: [] })).toBe(UNOPENED);
  });
});

describe('light jobs', () => {
  const image = async (index: number): Promise<BatchInput> => pngInput(await digitPng(index));

  /** @param use gets how many inputs the threads have run */
  async function withEngine(
    options: { readonly inlineJobs?: number },
    use: (served: ServedModel, onThreads: () => number) => Promise<void>,
  ): Promise<void> {
    let count = 0;
    const counting: typeof startPool = (threads, onDeath) => {
      const pool = startPool(threads, onDeath);
      return {
        ...pool,
        run: async (message) => {
          count += message.asks.length;
          const reply = await pool.run(message);
          // measured, it depends on what else the machine does
          return reply !== UNOPENED && reply.ok ? { ...reply, milliseconds: 0.1 } : reply;
        },
      };
    };
    const batch = { maxSize: 8, maxDelayMs: 0, maxQueue: 100 };
    const engine = startEngine({ threads: 1, providers: ['cpu'], batch, ...options }, counting);
    try {
      await use(await engine.open(await readBundle(modelPath)), () => count);
    } finally {
      await engine.close();
    }
  }

  const logitsOf = (value: Uint8Array): number[][] =>
    (JSON.parse(`[${new TextDecoder().decode(value)}]`) as Prediction[]).map(({ logits }) => logits);

  it('run on the event loop while they are few, beside it when there are many, with the same answers', async () => {
    await withEngine({}, async (served, onThreads) => {
      const alone: number[][] = [];
      for (let i = 0; i < 20; i++) alone.push(...logitsOf((await served.answer(await image(i), bare)).value));
      expect(onThreads()).toBe(0);
      const inputs = await Promise.all(Array.from({ length: 20 }, (_, i) => image(i)));
      const together = await Promise.all(inputs.map((one) => served.answer(one, bare)));
      expect(onThreads()).toBe(12);
      expectClose(
        together.flatMap(({ value }) => logitsOf(value)),
        alone,
        { absolute: 1e-4, relative: 1e-4 },
      );
    });
  });

  it('stay on the event loop however many they are, where it is told to take them all', async () => {
    await withEngine({ inlineJobs: Number.POSITIVE_INFINITY }, async (served, onThreads) => {
      const inputs = await Promise.all(Array.from({ length: 20 }, (_, i) => image(i)));
      await Promise.all(inputs.map((one) => served.answer(one, bare)));
      expect(onThreads()).toBe(0);
    });
  });

  it('are none where there is more to do: traversals, a figure, a large image, many inputs', async () => {
    await withEngine({}, async (served, onThreads) => {
      await served.answer(await image(0), { ...whole, explain: ['traversals'] });
      await served.figure(await image(0), { steps: 2, contrast: undefined });
      const large = new Uint8Array(256 * 256);
      const pixels = { kind: 'pixels', width: 256, height: 256, channels: 1, data: large } as const;
      await served.answer({ kind: 'images', images: [pixels], invert: 'auto' }, bare);
      await served.answer(input(0, 32), bare);
      expect(onThreads()).toBe(4);
      await served.tensors(input(0, 2), ['logits']);
      expect(onThreads()).toBe(4);
    });
  });

  it('are none where the configuration says so', async () => {
    await withEngine({ inlineJobs: 0 }, async (served, onThreads) => {
      await served.answer(input(0), bare);
      expect(onThreads()).toBe(1);
    });
  });

  it('fail alone too', async () => {
    await withEngine({}, async (served, onThreads) => {
      const spoilt: BatchInput = {
        kind: 'tensor',
        tensor: { shape: [1, 1, 28, 28], data: new Float32Array(784).fill(Number.NaN) },
      };
      const outcomes = await Promise.allSettled([input(0), spoilt, input(1)].map((one) => served.answer(one, bare)));
      expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
      expect(onThreads()).toBe(0);
    });
  });
});
