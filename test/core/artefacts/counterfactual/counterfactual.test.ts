import { describe, expect, it } from 'vitest';
import type { AnswerContext } from '../../../../core/artefacts/artefact.ts';
import { MARGIN } from '../../../../core/artefacts/counterfactual/search.ts';
import { checkArtefacts, computedKey, decodesOf, writeArtefacts } from '../../../../core/artefacts/index.ts';
import type { Manifest } from '../../../../core/manifest.ts';
import { createPredictor, type Prediction, predictingGraphs } from '../../../../core/predictor.ts';
import { tensor } from '../../../../core/tensor.ts';
import { fakeManifest } from '../../../helpers/fake-model.ts';
import { counterfactualOf, inputOf, manifest, quantiles, sessionsOf, THETA } from '../../../helpers/painting-model.ts';

describe('a counterfactual where θ is constant', () => {
  it('is the shortest move, in deviations, that makes the class win by the margin', async () => {
    // h = [20, 0]; b leads a where h₁ − h₀ ≥ m; u = (−1, 2)·λ with 5λ = 20 + m
    const [found] = await counterfactualOf([[20, 0]], 'b');
    const step = (20 + MARGIN.first) / 5;
    expect(found?.concepts[0]).toBeCloseTo(20 - step, 5);
    expect(found?.concepts[1]).toBeCloseTo(4 * step, 5);
    expect(found?.distance).toBeCloseTo(Math.hypot(step, 2 * step), 5);
    expect(found?.margin).toBeCloseTo(MARGIN.first, 4);
    expect(found).toMatchObject({ index: 1, changed: [1, 0], verified: true });
    expect(Array.from(found?.decoded.data ?? [])[2]).toBeCloseTo(4 * step, 4);
  });

  it('heeds every other class, not only the predicted one', async () => {
    // c wins where −h₀ − h₁ leads both h₀ and h₁ by m: from [20, 0], 2h₀ + h₁ ≤ −m and h₀ + 2h₁ ≤ −m
    const [found] = await counterfactualOf([[20, 0]], 'c');
    const [a = 0, b = 0] = found?.concepts ?? [];
    const [c, m] = [-a - b, MARGIN.first];
    expect(Math.min(c - a, c - b)).toBeCloseTo(m, 4);
    // 2h₀ + h₁ = −m from [20, 0]: u ∝ (2, 2), 8λ = 40 + m
    const step = (40 + m) / 8;
    expect(a).toBeCloseTo(20 - 2 * step, 4);
    expect(b).toBeCloseTo(-4 * step, 4);
  });

  it('is where the input is already, at no distance, for the class that is predicted', async () => {
    const [found] = await counterfactualOf([[20, 3]], 'a');
    expect(found).toMatchObject({ concepts: [20, 3], distance: 0, changed: [], margin: 17, verified: true });
  });

  it('does not name what hardly moves, and never moves what is constant', async () => {
    const concepts = manifest.concepts.map((concept, k) => ({ ...concept, deviation: k === 0 ? 1 : 0 }));
    const [found] = await counterfactualOf([[40, 30]], 'b', { of: { ...manifest, concepts } });
    expect(found?.concepts[1]).toBe(30);
    expect(found?.concepts[0]).toBeCloseTo(30 - MARGIN.first, 5);
    expect(found?.changed).toEqual([0]);
  });

  it('stays where training inputs are while that is enough, and where the class is if that is known', async () => {
    // from [40, 0] the shortest move is to h₁ = 36.8, beyond q95 and half a deviation
    const narrow = { ...quantiles, q05: -20, q95: 20 };
    const concepts = manifest.concepts.map((concept, k) => (k === 1 ? { ...concept, quantiles: narrow } : concept));
    const [ranged] = await counterfactualOf([[40, 0]], 'b', { of: { ...manifest, concepts } });
    expect(ranged?.concepts[1]).toBeCloseTo(21, 4);
    expect(ranged?.concepts[0]).toBeCloseTo(21 - MARGIN.first, 4);
    // b's own inputs are about [0, 30], give or take 2 deviations
    const profileOf = (...means: readonly number[]) => ({
      count: 9,
      concepts: means.map((mean) => ({ mean, deviation: 1, contribution: 0, magnitude: 0, decides: 0 })),
    });
    const profiles = [profileOf(0, 0), profileOf(0, 30), profileOf(0, 0)];
    const [ofClass] = await counterfactualOf([[20, 0]], 'b', { of: { ...manifest, profiles } });
    expect(ofClass?.concepts[0]).toBeCloseTo(2, 4);
    expect(ofClass?.concepts[1]).toBeCloseTo(28, 4);
    // a model whose pictures show a class early goes the shortest way, wherever the class is
    const early = { ...manifest, profiles, counterfactual: { margin: MARGIN.first } };
    const [shortest] = await counterfactualOf([[20, 0]], 'b', { of: early });
    expect(shortest?.concepts[0]).toBeCloseTo(20 - (20 + MARGIN.first) / 5, 4);
    // and no range at all where the class cannot win within it
    const [free] = await counterfactualOf([[20, 0]], 'c', { of: { ...manifest, profiles: [...profiles].reverse() } });
    expect(free?.verified).toBe(true);
  });

  it('asks for a larger margin where what is decoded is not read as the class', async () => {
    // every row is read 10 lower than it was painted, but for rows above 30
    const read = (painted: number) => (painted < 30 ? Math.min(painted, 4) : painted);
    const theta = [1, 0, -9, 0, 0.2, -9];
    const [found] = await counterfactualOf([[4, 0]], 'b', { sessions: sessionsOf({ read, theta: () => theta }) });
    expect(found?.verified).toBe(true);
    expect(found?.margin).toBeGreaterThan(MARGIN.first);
    expect(found?.probability).toBeGreaterThan(0.5);
  });

  it('says so where the model never takes what it drew for the class', async () => {
    const [found] = await counterfactualOf([[20, 0]], 'b', {
      sessions: sessionsOf({ read: (x) => Math.abs(x) + 1e-3 }),
    });
    const [never] = await counterfactualOf([[20, 0]], 'c', {
      sessions: sessionsOf({ read: (x) => Math.abs(x) + 1e-3 }),
    });
    expect(found?.verified).toBe(true);
    expect(never?.verified).toBe(false);
    expect(never?.probability).toBeLessThan(0.5);
  });

  it('is not there where no move of the concepts makes the class win', async () => {
    const theta = [1, 0, 0, 1, 0, 0]; // b and c are equal everywhere
    const [found] = await counterfactualOf([[20, 0]], 'b', { sessions: sessionsOf({ theta: () => theta }) });
    expect(found).toMatchObject({ verified: false, distance: 0, changed: [], concepts: [20, 0] });
  });

  it('is the same alone and in a batch', async () => {
    const rows: [number, number][] = [
      [20, 0],
      [3, 9],
      [-4, 1],
    ];
    const together = await counterfactualOf(rows, 'b');
    const alone = await Promise.all(rows.map(async (row) => (await counterfactualOf([row], 'b'))[0]));
    together.forEach((found, n) => {
      expect(found.distance).toBeCloseTo(alone[n]?.distance as number, 6);
    });
  });
});

describe('a counterfactual where θ varies', () => {
  it('is searched for with θ as it is where the concepts go', async () => {
    // b's θ of h₁ grows with h₁: logit b = h₁·(1 + h₁/20), logit a = h₀
    const theta = ([, b = 0]: Float32Array) => [1, 0, -1, 0, 1 + b / 20, -1];
    const [found] = await counterfactualOf([[20, 0]], 'b', { sessions: sessionsOf({ theta }) });
    const lead = (a: number, b: number) => b * (1 + b / 20) - a;
    const [a = 0, b = 0] = found?.concepts ?? [];
    expect(lead(a, b)).toBeCloseTo(MARGIN.first, 1);
    expect(found?.margin).toBeCloseTo(lead(a, b), 3);
    // no point of a fine grid with that lead is nearer
    let nearest = Number.POSITIVE_INFINITY;
    for (let i = 0; i <= 400; i++) {
      for (let j = 0; j <= 400; j++) {
        const [x, y] = [20 - i / 10, j / 10];
        if (lead(x, y) >= MARGIN.first) nearest = Math.min(nearest, Math.hypot(x - 20, y / 2));
      }
    }
    expect(found?.distance).toBeLessThan(nearest + 0.05);
    expect(found?.distance).toBeGreaterThan(nearest - 0.1);
  });

  it('takes θ of what was decoded where θ reads the input', async () => {
    const { parameterizer: own } = fakeManifest.graphs;
    const of: Manifest = {
      ...manifest,
      graphs: { ...manifest.graphs, parameterizer: own as NonNullable<typeof own> },
      parameterizer: { reads: 'input' },
    };
    // a θ that goes by the brightness of the upper row of pixels: a while it is bright, b where it is dark
    const theta = ([x0 = 0]: Float32Array) => (x0 > 10 ? [1, 0, -1, 0, 0.1, -1] : THETA);
    const [found] = await counterfactualOf([[20, 1]], 'b', { of, sessions: sessionsOf({ theta }) });
    expect(found?.verified).toBe(true);
  });

  it('needs the graph of θ to be open only where θ follows the concepts', () => {
    expect(predictingGraphs(manifest)).toEqual(['conceptizer', 'parameterizer', 'decoder']);
    const merged: Manifest = {
      ...manifest,
      graphs: {
        ...manifest.graphs,
        model: { ...fakeManifest.golden, inputs: ['input'], outputs: ['concepts', 'relevances'] },
      },
    };
    expect(predictingGraphs(merged)).toEqual(['model', 'decoder', 'parameterizer']);
    const { parameterizer: own } = fakeManifest.graphs;
    const open = { ...merged, graphs: { ...merged.graphs, parameterizer: own as NonNullable<typeof own> } };
    expect(predictingGraphs({ ...open, parameterizer: { reads: 'input' } } as Manifest)).toEqual(['model', 'decoder']);
  });
});

describe('a counterfactual without a decoder', () => {
  const { decoder: _, ...graphs } = manifest.graphs;
  const blind: Manifest = { ...manifest, graphs, files: { prototypes: fakeManifest.golden } };
  const { decoder: _decoder, ...sessions } = sessionsOf();
  // a training input of class b near, one far, and none of class c
  const prototypes = tensor(Float32Array.of(4, 4, 6, 6, 0, 0, 90, 90), [2, 1, 1, 2, 2]);

  it('is the nearest training input of that class', async () => {
    const [found] = await counterfactualOf([[20, 0]], 'b', { of: blind, sessions, statics: { prototypes } });
    expect(found).toMatchObject({ concepts: [4, 6], margin: 2, verified: true, changed: [0] });
    expect(found?.distance).toBeCloseTo(Math.hypot(16, 3), 9);
    expect(Array.from(found?.decoded.data ?? [])).toEqual([4, 4, 6, 6]);
  });

  it('is refused where there is none, or none at hand', async () => {
    await expect(counterfactualOf([[20, 0]], 'c', { of: blind, sessions, statics: { prototypes } })).rejects.toThrow(
      'no training input at hand that it takes for "c"; it has of b',
    );
    await expect(counterfactualOf([[20, 0]], 'b', { of: blind, sessions })).rejects.toMatchObject({
      code: 'invalid_request',
      message: 'counterfactual: model "fake" has no decoder, and none of its training inputs are at hand',
    });
  });
});

describe('the artefact', () => {
  it('requires a class to be named', () => {
    expect(() => checkArtefacts(manifest, ['counterfactual'], { contrast: 'b' })).not.toThrow();
    expect(() => checkArtefacts(manifest, ['counterfactual'], {})).toThrow(
      'explain: counterfactual needs contrast, a class of "fake"; choose a, b, c',
    );
  });

  it('is computed apart for each class, and counts as decodes', () => {
    const key = (contrast: string, steps = 7) => computedKey(['counterfactual'], { steps, contrast });
    expect(key('a')).not.toBe(key('b'));
    expect(key('a', 3)).toBe(key('a'));
    expect(computedKey(['traversals'], { steps: 3, contrast: 'a' })).toBe(computedKey(['traversals'], { steps: 3 }));
    expect(decodesOf(manifest, ['counterfactual'], { steps: 7 })).toBe(2 * MARGIN.tries);
  });

  it('is written with its picture', async () => {
    const [prediction] = await createPredictor(manifest, sessionsOf()).predict(inputOf([20, 0]), {
      explain: ['counterfactual'],
      contrast: 'b',
    });
    const context: AnswerContext = {
      manifest,
      options: { sheet: false },
      statics: {},
      encodeImage: ({ shape }) => `data:image/png;base64,${shape.join('x')}`,
    };
    const answer: Record<string, unknown> = {};
    writeArtefacts(answer, ['counterfactual'], prediction as Prediction, context);
    expect(answer['counterfactual']).toMatchObject({
      label: 'b',
      index: 1,
      verified: true,
      image: 'data:image/png;base64,1x2x2',
    });
    const without: Record<string, unknown> = {};
    writeArtefacts(without, ['counterfactual'], { ...(prediction as Prediction), counterfactual: undefined }, context);
    expect(without).toEqual({});
  });
});
