import { describe, expect, it } from 'vitest';
import { attributionNames, attributions, parseAttributionList } from '../../../core/attributions/index.ts';
import { occlusion } from '../../../core/attributions/occlusion.ts';
import { patchesOf } from '../../../core/attributions/patches.ts';
import { FORWARD_BATCH } from '../../../core/forward-all.ts';
import { inputShape, type Manifest } from '../../../core/manifest.ts';
import { createPredictor } from '../../../core/predictor.ts';
import { randomStream } from '../../../core/random.ts';
import { sizeOf, type Tensor, tensor } from '../../../core/tensor.ts';
import { expectClose } from '../../helpers/close.ts';
import { fakeManifest, rowSession } from '../../helpers/fake-model.ts';

const random = randomStream(0);
const randomOf = () => random;

/** Weights that no two places share, exact in float32. */
const weightOf = (c: number, i: number): number => (((i * 7 + c * 5) % 23) - 11) / 8;

/** A model whose logits are linear, w_c·x + 1: its one concept is 1, and θ holds the logits. */
function linearModel(input: Manifest['input'], logit = (x: Float32Array, c: number): number => linear(x, c)) {
  const manifest: Manifest = {
    ...fakeManifest,
    input,
    classes: ['a', 'b'],
    concepts: fakeManifest.concepts.slice(0, 1),
  };
  const sessions = {
    conceptizer: rowSession('concepts', [1], () => [1]),
    parameterizer: rowSession('relevances', [1, 2], (x) => [logit(x, 0), logit(x, 1)]),
    decoder: rowSession('reconstruction', inputShape({ input }), () => []),
  };
  return { predictor: createPredictor(manifest, sessions), sessions };
}

const linear = (x: Float32Array, c: number): number => x.reduce((sum, value, i) => sum + weightOf(c, i) * value, 1);

const table: Manifest['input'] = {
  kind: 'tabular',
  features: [
    { name: 'age', range: [20, 70] },
    { name: 'rate', range: [0, 1] },
    { name: 'still', range: [3, 3] },
  ],
};
const image = (side: number, channels: 1 | 3 = 1, foreground?: 'light' | 'dark'): Manifest['input'] => ({
  kind: 'image',
  channels,
  height: side,
  width: side,
  ...(foreground && { foreground }),
});

/** N inputs of values in [0, 1], exact in float32. */
const inputsOf = (N: number, shape: readonly number[]): Tensor =>
  tensor(
    Float32Array.from({ length: N * sizeOf(shape) }, (_, i) => ((i * 37) % 101) / 128),
    [N, ...shape],
  );

describe('the table of attributions', () => {
  it.each(attributionNames)('lists %s under its own name, with its source', (name) => {
    expect(attributions[name].name).toBe(name);
    expect(attributions[name].source).toMatch(/\d{4}/);
  });

  it('says what there is to choose', () => {
    expect(parseAttributionList('occlusion, occlusion')).toEqual(['occlusion']);
    expect(() => parseAttributionList('oclusion')).toThrow(
      `unknown attribution "oclusion"; choose ${attributionNames.join(', ')}; did you mean "occlusion"?`,
    );
  });
});

describe('occlusion of tables', () => {
  it('is w·(x − baseline) of a linear model, for the class of each input', async () => {
    const { predictor } = linearModel(table);
    const input = tensor(Float32Array.of(30, 0.25, 3, 60, 1, 5), [2, 3]);
    const { values, baseline } = await occlusion.attribute(predictor, input, Int32Array.of(0, 1), { randomOf });
    expect([...baseline.data]).toEqual([45, 0.5, 3]);
    expect(values.shape).toEqual([2, 3]);
    const expected = [0, 1].flatMap((n) =>
      [0, 1, 2].map((f) => weightOf(n, f) * ((input.data[n * 3 + f] as number) - (baseline.data[f] as number))),
    );
    expectClose(values.data, expected, { absolute: 1e-4 });
  });

  it('removes to the baseline that it is given, and says so', async () => {
    const { predictor } = linearModel(table);
    const baseline = tensor(Float32Array.of(40, 0, 1), [3]);
    const input = tensor(Float32Array.of(30, 0.25, 3), [1, 3]);
    const result = await occlusion.attribute(predictor, input, Int32Array.of(0), { randomOf, baseline });
    expect(result.baseline).toBe(baseline);
    expectClose(
      result.values.data,
      [-10, 0.25, 2].map((moved, f) => weightOf(0, f) * moved),
      { absolute: 1e-4 },
    );
  });

  it('refuses a baseline that is no input', async () => {
    const { predictor } = linearModel(table);
    const options = { randomOf, baseline: tensor(new Float32Array(2), [2]) };
    await expect(occlusion.attribute(predictor, inputsOf(1, [3]), Int32Array.of(0), options)).rejects.toThrow(
      'baseline [2] must be one input [3]',
    );
  });
});

describe('occlusion of images', () => {
  it('is w·(x − baseline) of a linear model where a square is a pixel, all channels together', async () => {
    const input = image(3, 3, 'light');
    const { predictor } = linearModel(input);
    const x = inputsOf(2, [3, 3, 3]);
    const { values } = await occlusion.attribute(predictor, x, Int32Array.of(1, 0), { randomOf });
    expect(values.shape).toEqual([2, 3, 3]);
    const expected = [1, 0].flatMap((c, n) =>
      Array.from({ length: 9 }, (_, pixel) =>
        [0, 9, 18].reduce((sum, channel) => {
          const at = channel + pixel;
          return sum + weightOf(c, at) * (x.data[n * 27 + at] as number);
        }, 0),
      ),
    );
    expectClose(values.data, expected, { absolute: 1e-5 });
  });

  it('gives a pixel the mean drop of the squares over it', async () => {
    const input = image(14, 1, 'light'); // squares of 2, one pixel apart
    const { predictor } = linearModel(input);
    const x = inputsOf(1, [1, 14, 14]);
    const { values } = await occlusion.attribute(predictor, x, Int32Array.of(0), { randomOf });
    const drop = (top: number, left: number): number =>
      [0, 1, 14, 15].reduce((sum, step) => {
        const at = top * 14 + left + step;
        return sum + weightOf(0, at) * (x.data[at] as number);
      }, 0);
    expectClose(values.data[0] as number, drop(0, 0), { absolute: 1e-5 });
    const inside = (drop(4, 6) + drop(4, 7) + drop(5, 6) + drop(5, 7)) / 4;
    expectClose(values.data[5 * 14 + 7] as number, inside, { absolute: 1e-5 });
    expectClose(values.data[13 * 14 + 13] as number, drop(12, 12), { absolute: 1e-5 });
  });

  it.each([
    ['black where strokes are light', 'light', 0],
    ['white where strokes are dark', 'dark', 1],
    ['grey where the model names none', undefined, 0.5],
  ] as const)('covers with %s', async (_, foreground, value) => {
    const { predictor } = linearModel(image(2, 1, foreground));
    const { baseline } = await occlusion.attribute(predictor, inputsOf(1, [1, 2, 2]), Int32Array.of(0), { randomOf });
    expect([...baseline.data]).toEqual([value, value, value, value]);
  });

  it('is 0 where the model does not look', async () => {
    const { predictor } = linearModel(image(3, 1, 'light'), (x) => 2 * (x[4] as number));
    const { values } = await occlusion.attribute(predictor, inputsOf(1, [1, 3, 3]), Int32Array.of(0), { randomOf });
    expect([...values.data].map((value) => value !== 0)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8].map((i) => i === 4));
  });
});

describe('squares', () => {
  it.each([
    [1, 1],
    [5, 25],
    [14, 169],
    [28, 169],
    [29, 196],
    [64, 225],
    [224, 169],
  ])('of an image of %i pixels a side cover all of it, in %i squares', (side, count) => {
    const patches = patchesOf({ input: image(side) });
    expect(patches).toHaveLength(count);
    const covered = new Set(patches.flatMap(({ features }) => [...features]));
    expect(covered.size).toBe(side * side);
    expect(Math.max(...covered)).toBe(side * side - 1);
  });
});

describe('attributing a set', () => {
  it('runs a bounded number of rows at a time, gives each input what it has alone, and says when it is done', async () => {
    const { predictor, sessions } = linearModel(image(28, 1, 'light'));
    const x = inputsOf(3, [1, 28, 28]);
    const seen: [number, number][] = [];
    const options = { randomOf, onProgress: (...progress: [number, number]) => seen.push(progress) };
    const { values } = await occlusion.attribute(predictor, x, Int32Array.of(0, 1, 0), options);
    expect(Math.max(...sessions.conceptizer.runs)).toBe(FORWARD_BATCH);
    expect(seen).toEqual([1, 2, 3].map((done) => [done, 3]));
    const alone = tensor(x.data.slice(784, 1568), [1, 1, 28, 28]);
    const { values: second } = await occlusion.attribute(predictor, alone, Int32Array.of(1), { randomOf });
    expect(second.data).toEqual(values.data.slice(784, 1568));
  });

  it('has nothing to say of no inputs', async () => {
    const { predictor } = linearModel(table);
    const { values } = await occlusion.attribute(predictor, inputsOf(0, [3]), new Int32Array(0), { randomOf });
    expect(values).toEqual({ shape: [0, 3], data: new Float32Array(0) });
  });
});
