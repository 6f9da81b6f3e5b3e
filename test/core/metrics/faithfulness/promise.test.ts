import { describe, expect, it } from 'vitest';
import { FORWARD_BATCH } from '../../../../core/forward-all.ts';
import { rowsToMove } from '../../../../core/metrics/evidence/decoded-moves.ts';
import { promise } from '../../../../core/metrics/faithfulness/promise.ts';
import { promiseError } from '../../../../core/metrics/faithfulness/promise-error.ts';
import type { SetValue } from '../../../../core/metrics/metric.ts';
import { traversalSlope } from '../../../../core/metrics/traversal/slope.ts';
import { traversalSpill } from '../../../../core/metrics/traversal/spill.ts';
import { randomStream } from '../../../../core/random.ts';
import { expectClose } from '../../../helpers/close.ts';
import { fakeManifest } from '../../../helpers/fake-model.ts';
import { conceptWith, evidenceOf, type LinearModel } from '../../../helpers/linear-model.ts';

/** The metrics that look at the same decoded moves. */
const each = { promise, promiseError, traversalSlope, traversalSpill };
const options = { random: randomStream(0) };

const inputs = [
  [1, 0.5],
  [2, -0.5],
  [3, 1.5],
];

async function measure(model: LinearModel, rows: readonly (readonly number[])[] = inputs) {
  const evidence = await evidenceOf(rows, model);
  return {
    promise: await promise.measure(evidence, options),
    error: await promiseError.measure(evidence, options),
    slope: await traversalSlope.measure(evidence, options),
    spill: await traversalSpill.measure(evidence, options),
    evidence,
  };
}
const figureOf = (result: object) => (result as SetValue).value;

describe('moves of concepts, decoded and read again: a linear model, in closed form', () => {
  it('keep every promise where the decoder is exact and θ constant', async () => {
    const { promise: kept, error, slope, spill } = await measure({ weights: [2, -1] });
    expect(kept).toMatchObject({ value: expect.closeTo(1, 6), figures: { inputs: 3 } });
    expect(error).toMatchObject({ value: expect.closeTo(0, 9), figures: { inputs: 3 } });
    expect(slope).toMatchObject({ value: 1, figures: { lowest: 1, highest: 1, inputs: 3 } });
    expect(spill).toMatchObject({ value: 0, figures: { inputs: 3 } });
  });

  it('break them as far as the decoder mixes and shrinks', async () => {
    // dec(h) = (0.5·h₀ + 3·h₁, 0.8·h₁): the logit 2·h₀ − h₁ has slopes 2·0.5 = 1 and 2·3 − 0.8 = 5.2, against θ = 2, −1.
    const decode = ([a = 0, b = 0]: Float32Array) => [0.5 * a + 3 * b, 0.8 * b];
    const { promise: kept, error, slope, spill } = await measure({ decode });
    expectClose(figureOf(kept), (1 - 1) / 2, { absolute: 1e-6 });
    expectClose(figureOf(error), ((1 - 2) ** 2 + (5.2 + 1) ** 2) / (1 + 5.2 ** 2), { relative: 1e-5 });
    expectClose(figureOf(slope), (0.5 + 0.8) / 2, { relative: 1e-6 });
    expect((slope as SetValue).figures).toMatchObject({
      lowest: expect.closeTo(0.5, 6),
      highest: expect.closeTo(0.8, 6),
    });
    // Of the two pairs one moves: 3 units of h₀ a unit of h₁; both deviations are √(2/3), of (1, 2, 3) and (.5, −.5, 1.5).
    expectClose(figureOf(spill), 3 / 2, { relative: 1e-6 });
  });

  it('are in units of the concepts’ own deviations where others move along', async () => {
    const decode = ([a = 0, b = 0]: Float32Array) => [a + 3 * b, b];
    const wider = inputs.map(([a = 0, b = 0]) => [10 * a, b]);
    expectClose(figureOf((await measure({ decode }, wider)).spill), 3 / 10 / 2, { relative: 1e-6 });
  });

  it('are promised by θ of the input as it is, for the class that it is in', async () => {
    // θ reads the input: what is decoded has its own. z = x₀·h₀ (h₁ has no weight): z = v², the promise is x₀·v.
    const relevances = ([a = 0]: Float32Array) => [a, 0, 0, 0];
    const concepts = [conceptWith('a', [0, 1, 2, 3, 4], 2), conceptWith('b', [0, 0, 0, 0, 0], 0)];
    const { promise: kept, error } = await measure({ relevances, manifest: { concepts } }, [[2, 0]]);
    // v = 0 … 4: cov(v, v²) = 8, var v = 2, var v² = 34.8 (over 5).
    expectClose(figureOf(kept), 8 / Math.sqrt(2 * 34.8), { relative: 1e-6 });
    // Σ(Δv² − 2Δv)² / Σ(Δv²)² = (34.8 − 2·2·8 + 4·2) / 34.8.
    expectClose(figureOf(error), (34.8 - 32 + 8) / 34.8, { relative: 1e-5 });
  });

  it('leave out constant concepts, and concepts that promise nothing', async () => {
    const bias = conceptWith('b', [1, 1, 1, 1, 1], 1);
    const model: LinearModel = { manifest: { concepts: [conceptWith('a', [-2, -1, 0, 1, 2], 0), bias] } };
    const { promise: kept, slope, spill, evidence } = await measure(model);
    expectClose(figureOf(kept), 1, { absolute: 1e-6 });
    expect(figureOf(slope)).toBe(1);
    expect(spill).toMatchObject({ value: null, reason: expect.stringContaining('fewer than two') });
    expect(evidence.sessions.decoder.runs).toEqual([15]);
    const half = await measure({ weights: [2, 0], decode: ([a = 0, b = 0]) => [a + b, b] });
    expectClose(figureOf(half.promise), 1, { absolute: 1e-6 });
  });

  it('have no value where no logit moves', async () => {
    const { promise: kept, error } = await measure({ weights: [0, 0] });
    expect(kept).toMatchObject({ value: null, reason: expect.stringContaining('no move') });
    expect(error).toMatchObject({ value: null, reason: expect.stringContaining('no move') });
  });
});

describe('moves', () => {
  it('are made once for all metrics, a bounded number of rows at a time, of each input as it is alone', async () => {
    const many = Array.from({ length: 60 }, (_, n) => [Math.sin(n), Math.cos(3 * n)]);
    const decode = ([a = 0, b = 0]: Float32Array) => [a + 0.5 * Math.sin(b), b];
    const { evidence, promise: kept } = await measure({ decode }, many);
    const { runs } = evidence.sessions.decoder;
    expect(runs.reduce((sum, rows) => sum + rows, 0)).toBe(60 * 2 * 5);
    expect(Math.max(...runs)).toBeLessThanOrEqual(FORWARD_BATCH);
    expect(runs.length).toBe(3);
    // Inputs of class "no", for which θ is 0, are promised nothing and have no value.
    const alone = await Promise.all(many.map(async (row) => figureOf((await measure({ decode }, [row])).promise)));
    const told = alone.filter((value) => value !== null);
    expect((kept as SetValue).figures).toEqual({ inputs: told.length });
    expectClose(figureOf(kept), told.reduce((sum, value) => sum + value, 0) / told.length, { absolute: 1e-9 });
  });

  it('are of 2,000 inputs at most, evenly spread, and fewer where concepts are many', () => {
    const rows = rowsToMove(3000, 5);
    expect([rows.length, rows[0], rows[1], rows[2], rows.at(-1)]).toEqual([2000, 0, 1, 3, 2998]);
    expect(rowsToMove(3000, 5 * 20).length).toBe(2000);
    expect(rowsToMove(500, 5 * 200).length).toBe(200);
    expect(rowsToMove(7, 5 * 200).length).toBe(7);
  });

  it('say when they are done', async () => {
    const seen: [number, number][] = [];
    const evidence = await evidenceOf(inputs);
    await promise.measure(evidence, { ...options, onProgress: (...at) => seen.push(at) });
    expect(seen.at(-1)).toEqual([3, 3]);
  });

  it.each(Object.entries(each))('have no value without a decoder or a concept to move: %s', async (_, metric) => {
    const { decoder: _decoder, ...graphs } = fakeManifest.graphs;
    const without = await metric.measure(await evidenceOf(inputs, { manifest: { graphs } }), options);
    expect(without).toMatchObject({ value: null, reason: expect.stringContaining('no decoder') });
    const still = [conceptWith('a', [1, 1, 1, 1, 1], 1), conceptWith('b', [1, 1, 1, 1, 1], 1)];
    const none = await metric.measure(await evidenceOf(inputs, { manifest: { concepts: still } }), options);
    expect(none).toMatchObject({ value: null, reason: expect.stringContaining('no concept') });
  });

  it('of a table’s own features keep promises, but have no slopes: nothing was learned to decode them', async () => {
    const features = ['a', 'b'].map((name) => ({ name, range: [-4, 4] as [number, number] }));
    const { promise: kept, slope, spill } = await measure({ manifest: { input: { kind: 'tabular', features } } });
    expectClose(figureOf(kept), 1, { absolute: 1e-6 });
    for (const result of [slope, spill]) {
      expect(result).toMatchObject({ value: null, reason: expect.stringContaining('features themselves') });
    }
  });
});
