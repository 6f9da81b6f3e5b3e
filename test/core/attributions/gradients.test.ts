import { describe, expect, it } from 'vitest';
import type { Attribution } from '../../../core/attributions/attribution.ts';
import { gradientInput } from '../../../core/attributions/gradient-input.ts';
import { checkAttributions } from '../../../core/attributions/index.ts';
import { integratedGradients } from '../../../core/attributions/integrated-gradients.ts';
import { saliency } from '../../../core/attributions/saliency.ts';
import { smoothgrad } from '../../../core/attributions/smoothgrad.ts';
import { randomStream } from '../../../core/random.ts';
import { type Tensor, tensor } from '../../../core/tensor.ts';
import { expectClose } from '../../helpers/close.ts';
import { imageOf, inputsOf, linear, modelOf, tableOf, weightOf } from './models.ts';

/** Attributions by the exported gradient, of models whose gradient is known. */

const all: readonly Attribution[] = [saliency, gradientInput, integratedGradients, smoothgrad];
const weights = (row: Float32Array, c: number): number[] => Array.from(row, (_, i) => (c === 0 ? weightOf(i) : 0));

interface Asked {
  readonly baseline?: Tensor;
  readonly queries?: number;
  readonly seed?: number;
  readonly classes?: Int32Array;
}

async function valuesOf(
  one: Attribution,
  { predictor }: ReturnType<typeof modelOf>,
  input: Tensor,
  { baseline, queries, seed = 0, classes = new Int32Array(input.shape[0] ?? 0) }: Asked = {},
) {
  const randomOf = (n: number) => randomStream(seed + n);
  const { values } = await one.attribute(predictor, input, classes, { randomOf, baseline, queries });
  return values;
}

describe('a linear model', () => {
  const F = 5;
  const model = modelOf(tableOf(F), linear, weights);
  const input = inputsOf(3, [F]);
  const zero = tensor(new Float32Array(F), [F]);
  const each = (of: (w: number, x: number) => number) => Array.from(input.data, (x, i) => of(weightOf(i % F), x));

  it('has w·x by gradient × input, and by integrated gradients from 0', async () => {
    const expected = each((w, x) => w * x);
    for (const one of [gradientInput, integratedGradients]) {
      expectClose((await valuesOf(one, model, input, { baseline: zero })).data, expected, { absolute: 1e-6 });
    }
  });

  it('has w·(x − baseline) by integrated gradients, however few the steps', async () => {
    const baseline = tensor(Float32Array.of(1, -1, 0.5, 0, 2), [F]);
    const expected = Array.from(input.data, (x, i) => weightOf(i % F) * (x - (baseline.data[i % F] as number)));
    for (const queries of [1, 7]) {
      const { data } = await valuesOf(integratedGradients, model, input, { baseline, queries });
      expectClose(data, expected, { absolute: 1e-6 });
    }
  });

  it('has |w| by saliency and w by SmoothGrad, whatever the noise', async () => {
    expectClose((await valuesOf(saliency, model, input)).data, each(Math.abs), { absolute: 1e-6 });
    expectClose(
      (await valuesOf(smoothgrad, model, input)).data,
      each((w) => w),
      { absolute: 1e-6 },
    );
  });

  it('is asked about the logit of the class that is asked about, never its probability', async () => {
    const classes = Int32Array.of(0, 1, 0);
    for (const one of all) {
      const { data } = await valuesOf(one, model, input, { baseline: zero, classes });
      const own = await valuesOf(one, model, input, { baseline: zero });
      expect([...data.slice(F, 2 * F)].map(Math.abs)).toEqual(Array(F).fill(0)); // its logit is 0 everywhere
      expect([...data.slice(0, F), ...data.slice(2 * F)]).toEqual([...own.data.slice(0, F), ...own.data.slice(2 * F)]);
    }
  });
});

describe('channels of an image', () => {
  const model = modelOf(imageOf(2, 3), linear, weights);
  const input = inputsOf(1, [3, 2, 2]);
  const black = tensor(new Float32Array(12), [3, 2, 2]);
  const ofPixel = (pixel: number) => [0, 4, 8].map((channel) => channel + pixel);

  it('are summed, of saliency the largest is taken', async () => {
    const products = [0, 1, 2, 3].map((pixel) =>
      ofPixel(pixel).reduce((sum, at) => sum + weightOf(at) * (input.data[at] as number), 0),
    );
    for (const one of [gradientInput, integratedGradients]) {
      const { shape, data } = await valuesOf(one, model, input, { baseline: black });
      expect(shape).toEqual([1, 2, 2]);
      expectClose(data, products, { absolute: 1e-5 });
    }
    const largest = [0, 1, 2, 3].map((pixel) => Math.max(...ofPixel(pixel).map((at) => Math.abs(weightOf(at)))));
    expectClose((await valuesOf(saliency, model, input)).data, largest);
  });
});

describe('a model with a bend', () => {
  /** f = tanh(w·x) + x₀·x₁, and its gradient. */
  const sum = (row: Float32Array): number => row.reduce((total, x, i) => total + weightOf(i) * x, 0);
  const f = (row: Float32Array): number => Math.tanh(sum(row)) + (row[0] as number) * (row[1] as number);
  const gradientOf = (row: Float32Array, c: number): number[] => {
    const slope = 1 - Math.tanh(sum(row)) ** 2;
    const products = [row[1] as number, row[0] as number];
    return Array.from(row, (_, i) => (c === 0 ? slope * weightOf(i) + (products[i] ?? 0) : 0));
  };
  const F = 4;
  const model = modelOf(tableOf(F), (row) => [f(row), 0], gradientOf);
  const input = inputsOf(2, [F]);
  const baseline = tensor(Float32Array.of(-0.5, 0.25, 0, 1), [F]);

  it('is explained completely by integrated gradients: they sum to f(x) − f(baseline)', async () => {
    const { data } = await valuesOf(integratedGradients, model, input, { baseline });
    for (const n of [0, 1]) {
      const own = [...data.slice(n * F, (n + 1) * F)].reduce((total, value) => total + value, 0);
      expectClose(own, f(input.data.slice(n * F, (n + 1) * F)) - f(baseline.data), { absolute: 1e-3 });
    }
  });

  it('has a SmoothGrad that is drawn from the seed, input by input, and nears the mean of the gradient', async () => {
    const [a, again, other] = await Promise.all([1, 1, 2].map((seed) => valuesOf(smoothgrad, model, input, { seed })));
    expect(again).toEqual(a);
    expect(other).not.toEqual(a);
    const alone = await valuesOf(smoothgrad, model, tensor(input.data.slice(F), [1, F]), { seed: 2 }); // its stream is that of input 1 under seed 1
    expectClose(alone.data, (a as Tensor).data.slice(F));
    const flat = modelOf(
      tableOf(1),
      (row) => [(row[0] as number) ** 3, 0],
      ([x = 0], c) => [c === 0 ? 3 * x * x : 0],
    );
    const { data } = await valuesOf(smoothgrad, flat, tensor(Float32Array.of(0.5), [1, 1]), { queries: 4000 });
    expectClose(data, [3 * (0.25 + 0.15 ** 2)], { absolute: 0.02 }); // E 3(x + ε)², ε ~ N(0, 0.15²)
  });

  it('is asked in batches of bounded size, as many rows as are documented', async () => {
    for (const one of all) {
      const fresh = modelOf(tableOf(F), (row) => [f(row), 0], gradientOf);
      await valuesOf(one, fresh, inputsOf(5, [F]), { baseline });
      const { runs } = fresh.gradient;
      expect(runs.reduce((total, rows) => total + rows, 0)).toBe(5 * one.queries(fresh.predictor.manifest));
      expect(Math.max(...runs)).toBeLessThanOrEqual(256);
    }
  });
});

describe('a model without its gradient', () => {
  const { predictor } = modelOf(tableOf(2), linear);

  it('is refused, and told how it gets one', async () => {
    const rule =
      'needs gradient.onnx, which model "fake" has not; senn export models/fake --out models/fake --gradients writes it';
    for (const one of all) {
      const asked = one.attribute(predictor, inputsOf(1, [2]), Int32Array.of(0), { randomOf: () => randomStream(0) });
      await expect(asked).rejects.toMatchObject({
        code: 'unsupported_input',
        message: `attribution ${one.name} ${rule}`,
      });
      expect(() => checkAttributions(predictor.manifest, ['lime', one.name])).toThrow(
        `attribution ${one.name} ${rule}`,
      );
    }
    expect(() => checkAttributions(predictor.manifest, ['lime', 'random'])).not.toThrow();
  });
});
