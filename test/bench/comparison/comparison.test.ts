import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { comparedNames } from '../../../bench/comparison/explanations.ts';
import { judge } from '../../../bench/comparison/judge.ts';
import { stabilityOf } from '../../../bench/comparison/stability.ts';
import { subjectsOf } from '../../../bench/comparison/subjects.ts';
import { loadDataset } from '../../../training/datasets/index.ts';
import { linearModel } from '../../helpers/linear-model.ts';
import { config, folder, useTable } from '../../training/run/counts.ts';

useTable();

describe('a comparison of explanations', () => {
  it('trains, exports and judges closed and open, and goes on where it was broken off', async () => {
    const path = join(folder, 'counts.json');
    await writeFile(path, JSON.stringify(config({ epochs: 2 })));
    const said: string[] = [];
    const options = {
      configs: [path],
      models: [],
      open: true,
      seeds: [1],
      out: join(folder, 'comparison'),
      backend: 'wasm',
      say: (line: string) => said.push(line),
    } as const;
    const subjects = await subjectsOf(options);
    expect(subjects.map(({ model, variant, seed }) => [model, variant, seed])).toEqual([
      ['counts', 'closed', 1],
      ['counts', 'open', 1],
    ]);
    expect(said).toHaveLength(2);
    const again = await subjectsOf(options);
    expect(again).toEqual(subjects);
    expect(said).toHaveLength(2);

    const [{ folder: model, data } = { folder: '', data: config().data }] = subjects;
    const asked = { inputs: 5, near: 2, queries: 20, seed: 0 };
    const judged = await judge(model, await loadDataset(data), asked);
    expect([judged.count, judged.near]).toEqual([5, 2]);
    for (const metric of ['faithfulness', 'faithfulness.input', 'sensitivity', 'lipschitz'] as const) {
      expect(Object.keys(judged[metric])).toEqual(comparedNames);
    }
    expect(judged.faithfulness.contributions).toHaveLength(5);
    expect(judged.sensitivity.lime).toHaveLength(2);
    expect(await judge(model, await loadDataset(data), asked)).toEqual(judged);
  });
});

describe('the stability of explanations', () => {
  it('is that of a line: what is the same everywhere does not change, what is proportional changes by its weight', async () => {
    const weights = [2, -1];
    const { predictor } = linearModel({ weights, gradientOf: (_, c) => (c === 0 ? weights : [0, 0]) });
    const input = { shape: [1, 1, 1, 2], data: Float32Array.of(0.5, 0.25) };
    const { sensitivity, lipschitz } = await stabilityOf(predictor, {
      input,
      predicted: Int32Array.of(0),
      places: Int32Array.of(0),
      baseline: { shape: [1, 1, 2], data: Float32Array.of(0, 0) },
      seed: 0,
    });
    expect(sensitivity.saliency).toEqual([0]);
    expect(lipschitz.saliency).toEqual([0]);
    const [steepest] = lipschitz.contributions ?? [];
    expect(steepest).toBeGreaterThan(1);
    expect(steepest).toBeLessThanOrEqual(2 + 1e-6);
    expect(lipschitz['gradient-input']?.[0]).toBeCloseTo(steepest as number, 5);
    expect(sensitivity.random?.[0]).toBeGreaterThan(0.2);
  });
});
