import { describe, expect, it } from 'vitest';
import { FORWARD_BATCH } from '../../../../core/forward-all.ts';
import type { Manifest } from '../../../../core/manifest.ts';
import { faithfulnessDecoded } from '../../../../core/metrics/faithfulness/decoded.ts';
import { faithfulnessOf } from '../../../../core/metrics/faithfulness/faithfulness.ts';
import { gatherEvidence } from '../../../../core/metrics/gather.ts';
import { createPredictor } from '../../../../core/predictor.ts';
import { randomStream } from '../../../../core/random.ts';
import { tensor } from '../../../../core/tensor.ts';
import { expectClose } from '../../../helpers/close.ts';
import { fakeManifest, rowSession } from '../../../helpers/fake-model.ts';

/** h = (x₀, x₁, x₂, 1): three features and a bias. θ is the same everywhere: these weights for class 0, none for class 1. */
const WEIGHTS = [2, -1, 0.5, 0.25];
const MEANS = [0.5, -1, 2, 1];

type Row = (row: Float32Array) => readonly number[];

const concept = (name: string, q05: number, q95: number, mean: number | undefined): Manifest['concepts'][number] => ({
  name,
  quantiles: { q05, q25: q05, q50: q05, q75: q95, q95 },
  prototypes: [],
  ...(mean === undefined ? {} : { mean }),
});

function modelOf({
  decode = ([a = 0, b = 0, c = 0]: Float32Array) => [a, b, c],
  means = MEANS as readonly (number | undefined)[],
  bias = 1,
}: {
  decode?: Row;
  means?: readonly (number | undefined)[];
  bias?: number;
} = {}) {
  const manifest: Manifest = {
    ...fakeManifest,
    input: { kind: 'tabular', features: ['a', 'b', 'c'].map((name) => ({ name, range: [-4, 4] as [number, number] })) },
    classes: ['yes', 'no'],
    concepts: [
      ...['a', 'b', 'c'].map((name, k) => concept(name, -4, 4, means[k])),
      concept('bias', bias, bias, means[3]),
    ],
  };
  const sessions = {
    conceptizer: rowSession('concepts', [4], (x) => [...x, bias]),
    parameterizer: rowSession('relevances', [4, 2], () => WEIGHTS.flatMap((weight) => [weight, 0])),
    decoder: rowSession('reconstruction', [3], decode),
  };
  return { predictor: createPredictor(manifest, sessions), sessions };
}

async function measure(inputs: readonly (readonly number[])[], options: Parameters<typeof modelOf>[0] = {}) {
  const { predictor, sessions } = modelOf(options);
  const input = tensor(Float32Array.from(inputs.flat()), [inputs.length, 3]);
  const { explanations } = await gatherEvidence(predictor, { name: 'rows', input }, { seed: 0 });
  const seen: number[] = [];
  const result = await faithfulnessDecoded.measure(
    { explanations, predictor },
    { random: randomStream(0), onProgress: (done) => seen.push(done) },
  );
  return { values: result as readonly (number | null)[], explanations, sessions, seen };
}

/** Pearson's correlation, as raw sums. */
function correlation(a: readonly number[], b: readonly number[]): number {
  const sum = (f: (i: number) => number) => a.reduce((total, _, i) => total + f(i), 0);
  const [A, B] = [(i: number) => a[i] as number, (i: number) => b[i] as number];
  const covariance = a.length * sum((i) => A(i) * B(i)) - sum(A) * sum(B);
  const variance = (f: (i: number) => number) => a.length * sum((i) => f(i) ** 2) - sum(f) ** 2;
  return covariance / Math.sqrt(variance(A) * variance(B));
}

const sigmoid = (z: number): number => 1 / (1 + Math.exp(-z));
const logitOf = (h: readonly number[]): number => h.reduce((sum, value, k) => sum + value * (WEIGHTS[k] as number), 0);

describe('faithfulness.decoded', () => {
  it('correlates contributions with the drops towards the means: a logistic model, in closed form', async () => {
    const x = [1.5, 0.5, -1];
    const contributions = x.map((value, k) => value * (WEIGHTS[k] as number));
    const drops = x.map((_, k) => {
      const without = x.map((value, j) => (j === k ? (MEANS[k] as number) : value));
      return sigmoid(logitOf([...x, 1])) - sigmoid(logitOf([...without, 1]));
    });
    const { values } = await measure([x]);
    expectClose(values[0] as number, correlation(contributions, drops), { absolute: 1e-6 });
  });

  it('leaves a constant concept where it is: its contribution alone is large, and changes nothing', async () => {
    const x = [[1.5, 0.5, -1]];
    const means = [...MEANS.slice(0, 3), undefined];
    expect((await measure(x, { means })).values).toEqual((await measure(x)).values);
  });

  it('is `faithfulness` where the decoder is exact, absent is 0 and θ is constant', async () => {
    const x = [
      [1.5, 0.5, -1],
      [1, -2, 3],
      [0.25, -1, 3],
    ];
    const { values, explanations } = await measure(x, { means: [0, 0, 0, 0], bias: 0 });
    const three = {
      ...explanations,
      concepts: explanations.input,
      relevances: tensor(Float32Array.from(x.flatMap(() => WEIGHTS.slice(0, 3).flatMap((w) => [w, 0]))), [3, 3, 2]),
    };
    expectClose(values as number[], faithfulnessOf(three) as number[], { absolute: 1e-6 });
  });

  it('is of the class that x is in, whatever becomes of it when it is decoded', async () => {
    const x = [1.5, 0.5, -1];
    const drops = x.map((_, k) => {
      const without = x.map((value, j) => (j === k ? (MEANS[k] as number) : value));
      const decoded = (h: number[]) => [...h.map((value) => -value), 1];
      return sigmoid(logitOf(decoded(x))) - sigmoid(logitOf(decoded(without)));
    });
    const contributions = x.map((value, k) => value * (WEIGHTS[k] as number));
    const { values, explanations } = await measure([x], { decode: ([a = 0, b = 0, c = 0]) => [-a, -b, -c] });
    expect([...explanations.predicted]).toEqual([0]);
    expectClose(values[0] as number, correlation(contributions, drops), { absolute: 1e-6 });
  });

  it('has no value where no concept can be told from another', async () => {
    expect((await measure([MEANS.slice(0, 3)])).values).toEqual([null]);
  });

  it('decodes a bounded number of rows at a time, gives each input what it has alone, and says when it is done', async () => {
    const inputs = Array.from({ length: 150 }, (_, n) => [Math.sin(n), Math.cos(2 * n), Math.sin(3 * n)]);
    const { values, sessions, seen } = await measure(inputs);
    expect(Math.max(...sessions.decoder.runs)).toBe(FORWARD_BATCH);
    expect(sessions.decoder.runs.reduce((sum, rows) => sum + rows, 0)).toBe(150 * 4);
    expect(seen.at(-1)).toBe(150);
    for (const n of [0, 63, 64, 149]) expect((await measure([inputs[n] as number[]])).values).toEqual([values[n]]);
  });
});

describe('a model on which it has no value', () => {
  const reasonOf = async (change: (manifest: Manifest) => Manifest) => {
    const { predictor } = modelOf();
    const input = tensor(Float32Array.of(1, 2, 3), [1, 3]);
    const { explanations } = await gatherEvidence(predictor, { name: 'row', input }, { seed: 0 });
    const changed = { ...predictor, manifest: change(predictor.manifest) };
    return faithfulnessDecoded.measure({ explanations, predictor: changed }, { random: randomStream(0) });
  };

  it('has no decoder', async () => {
    const { decoder: _, ...graphs } = fakeManifest.graphs;
    const result = await reasonOf((manifest) => ({ ...manifest, graphs: graphs as Manifest['graphs'] }));
    expect(result).toEqual({ value: null, reason: expect.stringContaining('no decoder') });
  });

  it('does not know the mean of a concept', async () => {
    const result = await reasonOf(({ concepts, ...manifest }) => ({
      ...manifest,
      concepts: concepts.map(({ mean: _, ...rest }) => rest),
    }));
    expect(result).toEqual({ value: null, reason: expect.stringContaining('no mean of "a"') });
  });
});
