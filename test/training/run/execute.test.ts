import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { exportRun } from '../../../export/write/write-model.ts';
import { loadDataset } from '../../../training/datasets/index.ts';
import { experiments } from '../../../training/experiments/index.ts';
import { scalingOf } from '../../../training/kinds/shared/networks.ts';
import type { EpochSummary } from '../../../training/loop/progress.ts';
import { prepare } from '../../../training/run/prepare.ts';
import { expectClose } from '../../helpers/close.ts';
import { config, folder, ROWS, run, sweep, useTable } from './counts.ts';

useTable();

describe('a run on a table', () => {
  it('learns, and its record says what it is', async () => {
    const record = await run('plain');
    expect(record.metrics['testAccuracy']).toBe(1);
    expect(Object.keys(record.metrics)).toEqual(['testAccuracy', 'testRobustness', 'testCrossEntropy']);
    expect(record.kind).toBe('senn');
    expect(record.concepts.map(({ name }) => name)).toEqual(['count', 'noise', 'bias']);
    expect(record.concepts[2]?.quantiles).toEqual({ q05: 1, q25: 1, q50: 1, q75: 1, q95: 1 });
    const config = JSON.parse(await readFile(join(folder, 'plain/config.json'), 'utf8'));
    expect(config).toEqual(record.training.config);
  });

  it('writes networks in the units of the table: golden input is raw, and decoding gives it back', async () => {
    const { tensors } = JSON.parse(await readFile(join(folder, 'plain/golden.json'), 'utf8'));
    const dataset = await loadDataset(config().data);
    expectClose(tensors.input.data, dataset.test.gather(Int32Array.of(0, 1, 2, 3)), { absolute: 0 });
    expectClose(tensors.reconstruction.data, tensors.input.data, { absolute: 1e-4, relative: 1e-4 });
    const { networks, contract, test } = prepare(config(), dataset);
    const raw = tf.tensor2d(test.split.gather(Int32Array.of(0, 5)), [2, 2]);
    const scaled = test.scaling?.call(raw) as tf.Tensor;
    const [inside] = [networks.conceptizer.predict(scaled)].flat();
    const [outside] = [contract.conceptizer.predict(raw)].flat();
    const answers = [inside, outside] as tf.Tensor[];
    const [own, other] = answers.map((answer) => answer.dataSync<'float32'>());
    expectClose(own as Float32Array, other as Float32Array, { absolute: 1e-6 });
  });

  it('tells what the training inputs of each class have in common, as the graphs see them', async () => {
    const { profiles, concepts, classes } = await run('plain');
    const { train } = await loadDataset(config().data);
    const counts = classes.map((_, c) => train.labels.filter((label) => label === c).length);
    expect(profiles?.map(({ count }) => count)).toEqual(counts);
    const all = counts.reduce((sum, count) => sum + count, 0);
    concepts.forEach(({ mean }, k) => {
      const means = profiles?.map((profile) => profile.concepts[k]?.mean as number) ?? [];
      const whole = means.reduce((sum, own, c) => sum + (own * (counts[c] as number)) / all, 0);
      expect(whole).toBeCloseTo(mean as number, 4);
    });
    expect(profiles?.[0]?.concepts[2]).toMatchObject({ mean: 1, deviation: 0 }); // the bias
    for (const { concepts: own } of profiles ?? []) {
      expect(own.reduce((sum, { decides }) => sum + decides, 0)).toBeCloseTo(1, 4);
      for (const { contribution, magnitude } of own) expect(Math.abs(contribution)).toBeLessThanOrEqual(magnitude);
    }
  });

  it('exports to ONNX, with its scaling in the graphs', async () => {
    const { manifest } = await exportRun(join(folder, 'plain'), join(folder, 'models/counts'));
    expect(manifest.profiles).toHaveLength(manifest.classes.length);
    expect(manifest.artefacts).toContain('counterfactual');
    expect(manifest.input).toMatchObject({
      kind: 'tabular',
      features: [{ name: 'count' }, { name: 'noise', unit: 'm' }],
    });
  });

  it('keeps the best epoch by validation, and resumes to the same numbers', async () => {
    const change = { keep: 'best', epochs: 6, optimizer: { kind: 'adam', learningRate: 0.05 } };
    const epochs: EpochSummary[] = [];
    const whole = await run('best', change, { onEpoch: (summary) => epochs.push(summary) });
    const controller = new AbortController();
    const options = {
      signal: controller.signal,
      onEpoch: ({ epoch }: EpochSummary) => epoch === 4 && controller.abort(),
    };
    await expect(run('broken', change, options)).rejects.toMatchObject({ code: 'interrupted' });
    const resumed = await run('broken', change, { resume: true });
    expect(resumed).toEqual(whole);
    for (const file of ['parameterizer/weights.bin', 'golden.json', 'metrics.csv']) {
      expect(await readFile(join(folder, 'broken', file))).toEqual(await readFile(join(folder, 'best', file)));
    }
  });

  it('keeps the epoch that explains itself best, where it is judged by that', async () => {
    const change = { keep: 'best', epochs: 4, optimizer: { kind: 'adam', learningRate: 0.05 } };
    const epochs: EpochSummary[] = [];
    const selected = await run('selected', { ...change, selectBy: 'cancellation' }, { onEpoch: (e) => epochs.push(e) });
    expect(epochs).toHaveLength(4);
    // what is least cancelled is best: no run that keeps its last weights does better
    const last = await run('not-selected', { ...change, keep: 'last' });
    const figure = (record: typeof last) => record.audit?.figures['cancellation'] as number;
    expect(figure(selected)).toBeLessThanOrEqual(figure(last) + 1e-6);
  });

  it('refuses what does not fit the data, by name', async () => {
    const dataset = await loadDataset(config().data);
    const prepared = (change: Record<string, unknown>) => () => prepare(config(change), dataset);
    const convolutional = { kind: 'convolutional' };
    expect(prepared({ conceptizer: { kind: 'convolutional', concepts: 2, reconstruction: 'squared' } })).toThrow(
      '"convolutional" needs images',
    );
    expect(prepared({ parameterizer: convolutional })).toThrow('parameterizer.kind: "convolutional" needs images');
    expect(prepared({ conceptizer: { kind: 'vae', concepts: 2 } })).toThrow('scaled ones need "squared"');
    expect(() => scalingOf(config({ normalization: { mean: 0, deviation: 1 } }), dataset)).toThrow(
      'scales its features itself',
    );
    expect(prepared({ conceptNames: ['one'] })).toThrow('conceptNames: 1 names must match the 2 concepts');
    await expect(run('augmented', { augmentation: { shift: 1 } })).rejects.toThrow('augmentation: needs images');
  });

  it('a test set of two rows is the golden file, and has a report', async () => {
    const data = { ...config().data, split: { by: 'random', test: 2 / ROWS } };
    await run('two', { epochs: 1, data });
    const { tensors } = JSON.parse(await readFile(join(folder, 'two/golden.json'), 'utf8'));
    const { test } = await loadDataset(config({ data }).data);
    expect(tensors.input.shape).toEqual([2, 2]);
    expectClose(tensors.input.data, test.gather(Int32Array.of(0, 1)), { absolute: 0 });
    const out = join(folder, 'report-two');
    await experiments.report.run({ ...sweep, runs: [join(folder, 'two')], out });
    expect(await readFile(join(out, 'report.md'), 'utf8')).toContain('| test inputs | 2 |');
  });
});
