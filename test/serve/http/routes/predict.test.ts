import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type PredictResponse, predictResponseSchema } from '../../../../core/api.ts';
import { expectClose } from '../../../helpers/close.ts';
import {
  digitPng,
  drawnDigit,
  formOf,
  listening,
  modelPath,
  openModels,
  type TestModels,
  type TestServer,
} from '../../fixtures.ts';

let models: TestModels;
let server: TestServer;

beforeAll(async () => {
  models = await openModels([modelPath]);
  server = await listening({ models });
});

afterAll(async () => {
  await server.close();
  await models.close();
});

async function predict(
  body: NonNullable<RequestInit['body']>,
  query = '',
  headers: Record<string, string> = {},
): Promise<PredictResponse> {
  const response = await fetch(`${server.url}/predict${query}`, { method: 'POST', body, headers });
  expect(response.status, await response.clone().text()).toBe(200);
  return predictResponseSchema.parse(await response.json());
}

const postPng = async (index: number, query = ''): Promise<PredictResponse['predictions'][number]> => {
  const body = new Uint8Array(await digitPng(index));
  const [prediction] = (await predict(body, query, { 'Content-Type': 'image/png' })).predictions;
  return prediction as PredictResponse['predictions'][number];
};

const pixelsOf = async (uri: string | undefined) =>
  sharp(Buffer.from(String(uri).replace('data:image/png;base64,', ''), 'base64')).metadata();

describe('the answer', () => {
  it('is one prediction with its whole explanation', async () => {
    const answer = await predict(formOf([await digitPng(0)]));
    const { manifest } = models.all()[0] ?? {};
    expect(answer).toMatchObject({ model: manifest?.name, version: manifest?.version, executionProvider: 'cpu' });
    const [prediction] = answer.predictions;
    const K = manifest?.concepts.length;
    expect(prediction).toMatchObject({ label: manifest?.classes[prediction?.index ?? -1] });
    expect(prediction?.probability).toBe(prediction?.probabilities[prediction.index]);
    expect(prediction?.concepts).toHaveLength(K ?? -1);
    expect(prediction?.traversals?.map(({ concept }) => concept)).toEqual(manifest?.concepts.map((_, k) => k));
    for (const { values, images } of prediction?.traversals ?? []) {
      expect(values).toHaveLength(7);
      expect(images).toHaveLength(7);
      expect(await pixelsOf(images?.[0])).toMatchObject({ format: 'png', width: 28, height: 28 });
    }
  });

  it('has contributions θ·h that sum to the logits, and probabilities that sum to 1', async () => {
    for (const index of [0, 1, 2, 3, 4]) {
      const { logits, concepts, relevances, contributions, probabilities } = await postPng(index);
      const sums = logits.map((_, c) => contributions?.reduce((sum, row) => sum + (row[c] as number), 0) as number);
      expectClose(sums, logits, { absolute: 1e-4 });
      const products = relevances?.map((row, k) => row.map((theta) => theta * (concepts?.[k] as number)));
      expectClose(contributions ?? [], products ?? [], { absolute: 1e-5 });
      expectClose(
        probabilities.reduce((sum, value) => sum + value),
        1,
        { absolute: 1e-6 },
      );
    }
  });

  it('is the same in all three body forms', async () => {
    const png = await digitPng(3);
    const instances = [{ image: png.toString('base64') }];
    const answers = await Promise.all([
      predict(formOf([png])),
      predict(new Uint8Array(png), '', { 'Content-Type': 'image/png' }),
      predict(JSON.stringify({ instances }), '', { 'Content-Type': 'application/json' }),
    ]);
    expect(answers[1]).toEqual(answers[0]);
    expect(answers[2]).toEqual(answers[0]);
  });

  it('of a batch of n is that of n batches of one', async () => {
    const indices = [0, 1, 2, 3, 4, 5, 6, 7];
    const batch = await predict(formOf(await Promise.all(indices.map(digitPng))), '?explain=concepts,relevances');
    const ones = await Promise.all(indices.map((index) => postPng(index, '?explain=concepts,relevances')));
    expect(batch.predictions.map(({ label }) => label)).toEqual(ones.map(({ label }) => label));
    ones.forEach((one, i) => {
      const [together] = batch.predictions.slice(i);
      expectClose(together?.logits ?? [], one.logits, { absolute: 1e-5, relative: 1e-5 });
      expectClose(together?.relevances ?? [], one.relevances ?? [], { absolute: 1e-5, relative: 1e-5 });
    });
  });
});

describe('the query', () => {
  it('explain=none leaves the bare prediction', async () => {
    expect(Object.keys(await postPng(0, '?explain=none')).sort()).toEqual(
      ['index', 'label', 'logits', 'probabilities', 'probability'].sort(),
    );
  });

  it('explain chooses parts', async () => {
    const prediction = await postPng(0, '?explain=concepts,contributions');
    expect(prediction.contributions).toBeDefined();
    expect(prediction.concepts).toBeDefined();
    expect(prediction.relevances ?? prediction.traversals).toBeUndefined();
  });

  it('steps is the length of a traversal, whose middle is the input’s own activation', async () => {
    const { traversals, concepts } = await postPng(0, '?steps=3');
    expect(traversals?.every(({ values, images }) => values.length === 3 && images?.length === 3)).toBe(true);
    expectClose(traversals?.map(({ values }) => values[1] as number) ?? [], concepts ?? [], { absolute: 1e-6 });
  });

  it('contrast says why this class and not that one', async () => {
    const { contrast, index, logits, contributions } = await postPng(0, '?contrast=3');
    expect(contrast).toMatchObject({ label: '3', index: 3 });
    expectClose(
      contrast?.contributions ?? [],
      contributions?.map((row) => (row[index] as number) - (row[3] as number)) ?? [],
      { absolute: 1e-6 }, // each is rounded to float32
    );
    const sum = contrast?.contributions.reduce((total, value) => total + value) as number;
    expectClose(sum, (logits[index] as number) - (logits[3] as number), { absolute: 1e-4 });
  });

  it('sheet=1 puts all traversal images on one PNG', async () => {
    const { sheet, traversals } = await postPng(0, '?sheet=1&steps=5');
    expect(traversals?.some(({ images }) => images !== undefined)).toBe(false);
    const rows = traversals?.length ?? 0;
    expect(await pixelsOf(sheet)).toMatchObject({ width: 5 * 30 - 2, height: rows * 30 - 2 });
  });

  it('invert=auto recognises the negative of a digit, invert=false takes it as it is', async () => {
    const negative = new Uint8Array(
      await sharp(await digitPng(0))
        .negate()
        .png()
        .toBuffer(),
    );
    const headers = { 'Content-Type': 'image/png' };
    const upright = await postPng(0, '?explain=none');
    const logitsOf = async (query: string) => (await predict(negative, query, headers)).predictions[0]?.logits ?? [];
    expectClose(await logitsOf('?explain=none'), upright.logits, { absolute: 1e-4 });
    expect(await logitsOf('?explain=none&invert=false')).not.toEqual(await logitsOf('?explain=none&invert=true'));
  });

  it('model names a model', async () => {
    expect((await predict(formOf([await digitPng(0)]), '?model=mnist-disenn&explain=none')).model).toBe('mnist-disenn');
  });
});

it('the event loop stays free while a model runs', async () => {
  const [model] = models.all();
  const shape = [64, 1, 28, 28];
  const options = { explain: ['traversals'] as ['traversals'], steps: 25, contrast: undefined, sheet: false };
  let ticks = 0;
  const ticking = setInterval(() => ticks++, 5);
  const started = performance.now();
  await Promise.all(
    [0, 1].map(() => model?.answer({ kind: 'tensor', tensor: { shape, data: new Float32Array(64 * 784) } }, options)),
  );
  const elapsed = performance.now() - started;
  clearInterval(ticking);
  expect(elapsed).toBeGreaterThan(100); // the work is long enough to tell
  expect(ticks).toBeGreaterThan(elapsed / 5 / 5);
});

it('the event loop stays free while large drawings are prepared', async () => {
  const drawing = await (await drawnDigit(0)).resize(600, 600, { fit: 'fill' }).png().toBuffer();
  const body = formOf(Array(64).fill(drawing));
  const begun = performance.now();
  let done = false;
  const predicting = fetch(`${server.url}/predict?explain=none`, { method: 'POST', body }).finally(() => {
    done = true;
  });
  const waits: number[] = [];
  while (!done) {
    const started = performance.now();
    await (await fetch(`${server.url}/health`)).json();
    waits.push(performance.now() - started);
  }
  expect((await predicting).status).toBe(200);
  const elapsed = performance.now() - begun;
  expect(waits.length).toBeGreaterThan(5);
  // prepared here, the drawings would be one long wait; a share of the whole bears a machine with other work
  expect(Math.max(...waits)).toBeLessThan(Math.max(200, elapsed / 4));
});
