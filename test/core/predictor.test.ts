import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createPredictor, type Prediction } from '../../core/predictor.ts';
import { concatRows, sliceRows, type Tensor, tensor } from '../../core/tensor.ts';
import { expectClose } from '../helpers/close.ts';
import { fakeManifest, fakeSessions, rowSession } from '../helpers/fake-model.ts';

const batchOf = (images: readonly (readonly number[])[]): Tensor =>
  tensor(Float32Array.from(images.flat()), [images.length, 1, 2, 2]);

const image = fc.array(fc.float({ min: 0, max: 1, noNaN: true }), { minLength: 4, maxLength: 4 });

describe('predict', () => {
  it('gives the figures that follow by hand', async () => {
    const [prediction] = await createPredictor(fakeManifest, fakeSessions()).predict(batchOf([[0.25, 0.5, 0.75, 1]]));
    const { label, index, probability, concepts, relevances, contributions, logits } = prediction as Prediction;
    expect({ label, index }).toEqual({ label: 'a', index: 0 });
    expectClose(concepts, [0.75, 1.75]);
    expectClose(relevances, [
      [0.25, -0.5, -1.25],
      [0.5, 0, -0.5],
    ]);
    expectClose(contributions, [
      [0.1875, -0.375, -0.9375],
      [0.875, 0, -0.875],
    ]);
    expectClose(logits, [1.0625, -0.375, -1.8125]);
    expectClose(probability, 1 / (1 + Math.exp(-1.4375) + Math.exp(-2.875)));
  });

  it('of a batch of n is n predictions of batches of one', async () => {
    const predictor = createPredictor(fakeManifest, fakeSessions());
    await fc.assert(
      fc.asyncProperty(fc.array(image, { minLength: 1, maxLength: 5 }), async (images) => {
        const batch = batchOf(images);
        const together = await predictor.predict(batch);
        const alone = await Promise.all(images.map((_, n) => predictor.predict(sliceRows(batch, n, n + 1))));
        expect(together).toEqual(alone.flat());
      }),
      { numRuns: 30 },
    );
  });

  it('of an empty batch is empty, and runs no graph', async () => {
    const sessions = fakeSessions();
    expect(await createPredictor(fakeManifest, sessions).predict(batchOf([]))).toEqual([]);
    expect(Object.values(sessions).flatMap(({ runs }) => runs)).toEqual([]);
  });

  it('runs a batch in one run of h and of θ', async () => {
    const sessions = fakeSessions();
    await createPredictor(fakeManifest, sessions).predict(
      batchOf([
        [0, 0, 0, 0],
        [1, 1, 1, 1],
      ]),
      { explain: [] },
    );
    expect([sessions.conceptizer.runs, sessions.parameterizer.runs, sessions.decoder.runs]).toEqual([[2], [2], []]);
  });

  it('decodes the traversals of a batch in one run', async () => {
    const sessions = fakeSessions();
    const batch = batchOf([
      [0, 0, 0, 0],
      [1, 1, 1, 1],
    ]);
    await createPredictor(fakeManifest, sessions).predict(batch, { steps: 3 });
    expect(sessions.decoder.runs).toEqual([2 * (1 + 2 * 2)]); // the inputs themselves once, and K · (S − 1) steps
  });

  it.each([[[1, 1, 2, 3]], [[1, 3, 2, 2]], [[1, 4]], [[1, 2, 2]], [[4]]])(
    'refuses an input of shape %j and names the one it takes',
    async (shape) => {
      const zeros = tensor(new Float32Array(shape.reduce((a, b) => a * b, 1)), shape);
      await expect(createPredictor(fakeManifest, fakeSessions()).predict(zeros)).rejects.toThrow(
        expect.objectContaining({
          code: 'shape_mismatch',
          message: expect.stringContaining(`[${shape.join(', ')}] must be [batch, 1, 2, 2]`),
        }),
      );
    },
  );

  it.each([
    ['conceptizer', rowSession('concepts', [3], () => [1, 2, 3]), 'concepts [1, 3] must be [1, 2]'],
    ['parameterizer', rowSession('relevances', [2, 2], () => [1, 2, 3, 4]), 'relevances [1, 2, 2] must be [1, 2, 3]'],
    ['decoder', rowSession('reconstruction', [4], () => [1, 2, 3, 4]), 'reconstruction [13, 4] must be [13, 1, 2, 2]'],
    ['decoder', rowSession('image', [4], () => [1, 2, 3, 4]), 'no output "reconstruction"'],
  ] as const)('refuses a %s that breaks its manifest', async (graph, session, message) => {
    const predictor = createPredictor(fakeManifest, { ...fakeSessions(), [graph]: session });
    await expect(predictor.predict(batchOf([[0, 0, 0, 0]]))).rejects.toThrow(
      expect.objectContaining({ code: 'invalid_model', message: expect.stringContaining(message) }),
    );
  });
});

it.each([
  ['conceptizer', rowSession('concepts', [2], () => [0, Number.NaN]), 'concepts[1] is NaN'],
  ['parameterizer', rowSession('relevances', [2, 3], () => [0, 0, Infinity, 0, 0, 0]), 'relevances[2] is Infinity'],
  ['decoder', rowSession('reconstruction', [1, 2, 2], () => [0, 0, 0, -Infinity]), 'reconstruction[3] is -Infinity'],
] as const)('refuses what is not finite of a %s', async (graph, session, message) => {
  const predictor = createPredictor(fakeManifest, { ...fakeSessions(), [graph]: session });
  await expect(predictor.predict(batchOf([[0, 0, 0, 0]]))).rejects.toThrow(
    expect.objectContaining({ code: 'inference_failed', message: expect.stringContaining(message) }),
  );
});

describe('traversals', () => {
  it('decode each concept moved around its own activation, in the order of the concepts', async () => {
    const predictor = createPredictor(fakeManifest, fakeSessions());
    const [prediction] = await predictor.predict(batchOf([[0.25, 0.25, 0.5, 0.25]]), { steps: 3 });
    const [top, bottom] = (prediction as Prediction).traversals;
    expect([top?.concept, bottom?.concept]).toEqual([0, 1]);
    expectClose(top?.values ?? [], [-1.5, 0.5, 2.5]);
    expectClose(bottom?.values ?? [], [0.25, 0.75, 1.25]);
    expect(top?.decoded.shape).toEqual([3, 1, 2, 2]);
    expectClose(top?.decoded.data ?? [], [-1.5, -1.5, 0.75, 0.75, 0.5, 0.5, 0.75, 0.75, 2.5, 2.5, 0.75, 0.75]);
    expectClose(bottom?.decoded.data ?? [], [0.5, 0.5, 0.25, 0.25, 0.5, 0.5, 0.75, 0.75, 0.5, 0.5, 1.25, 1.25]);
  });

  it('are seven steps unless another number is asked for, and none when not wanted', async () => {
    const predictor = createPredictor(fakeManifest, fakeSessions());
    const batch = batchOf([[0, 0, 0, 0]]);
    const stepsOf = ([prediction]: Prediction[]) => prediction?.traversals.map(({ values }) => values.length);
    expect(stepsOf(await predictor.predict(batch))).toEqual([7, 7]);
    expect(stepsOf(await predictor.predict(batch, { steps: 1 }))).toEqual([1, 1]);
    expect(stepsOf(await predictor.predict(batch, { explain: [] }))).toEqual([]);
  });

  it('come from forward and complete as from predict', async () => {
    const predictor = createPredictor(fakeManifest, fakeSessions());
    const batch = batchOf([
      [0.5, 0, 1, 0.25],
      [0, 1, 0, 0],
    ]);
    expect(await predictor.complete(await predictor.forward(batch), { steps: 2 })).toEqual(
      await predictor.predict(batch, { steps: 2 }),
    );
  });
});

describe('a predictor', () => {
  it('says what runs it, and closes what it owns', async () => {
    const sessions = fakeSessions();
    const predictor = createPredictor(fakeManifest, sessions);
    expect(predictor.executionProvider).toBe('fake');
    await predictor.close();
    expect(Object.values(sessions).map(({ closed }) => closed())).toEqual([true, true, true]);
  });

  it('gives the same h and θ for a set in one piece or in two', async () => {
    const predictor = createPredictor(fakeManifest, fakeSessions());
    const batch = batchOf([
      [0, 0.5, 1, 0],
      [1, 1, 0, 0],
      [0.25, 0, 0, 1],
    ]);
    const whole = await predictor.forward(batch);
    const parts = [await predictor.forward(sliceRows(batch, 0, 1)), await predictor.forward(sliceRows(batch, 1, 3))];
    expect(concatRows(parts.map(({ concepts }) => concepts))).toEqual(whole.concepts);
    expect(concatRows(parts.map(({ relevances }) => relevances))).toEqual(whole.relevances);
  });
});
