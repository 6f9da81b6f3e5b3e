import { readdir, readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { experiments } from '../../../training/experiments/index.ts';
import { resultsCsv } from '../../../training/experiments/sweep/results.ts';
import { expectClose } from '../../helpers/close.ts';
import { config, folder, sweep, useTable } from '../run/counts.ts';

useTable();

describe('experiments that train several runs', () => {
  it('cross-validation tests every row once, and a second call trains nothing anew', async () => {
    const path = join(folder, 'config.json');
    await writeFile(path, JSON.stringify(config({ epochs: 3 })));
    const trained: string[] = [];
    const options = {
      ...sweep,
      configs: [path],
      out: join(folder, 'folds'),
      onRun: (label: string) => trained.push(label),
    };
    const first = await experiments['cross-validation'].run(options);
    expect(trained).toEqual([0, 1, 2].map((fold) => `model-counts_seed-3_fold-${fold}`));
    const second = await experiments['cross-validation'].run(options);
    expect(trained).toHaveLength(3);
    expect(second.data).toEqual(first.data);
    const { runs, summaries } = first.data as {
      runs: { metrics: Record<string, number> }[];
      summaries: { metric: string; mean: number; count: number }[];
    };
    const accuracy = summaries.find(({ metric }) => metric === 'testAccuracy');
    const mean = runs.reduce((sum, { metrics }) => sum + (metrics['testAccuracy'] as number) / 3, 0);
    expect(accuracy?.count).toBe(3);
    expectClose(accuracy?.mean as number, mean, { absolute: 1e-12 });
  });

  it('a sweep over λ and seeds draws a figure and refuses runs of another configuration in its folder', async () => {
    const path = join(folder, 'config.json');
    const out = join(folder, 'lambda');
    await writeFile(path, JSON.stringify(config({ epochs: 1 })));
    const options = { ...sweep, configs: [path], out, lambdas: [0, 0.1], seeds: [1, 2] };
    const { lines, files } = await experiments['accuracy-vs-lambda'].run(options);
    expect(lines).toHaveLength(2);
    expect(files).toContain(join(out, 'figures/accuracy-vs-lambda.svg'));
    expect((await readFile(join(out, 'results.csv'), 'utf8')).split('\n')).toHaveLength(6);
    expect(await readFile(join(out, 'report.md'), 'utf8')).toMatch(
      /--seeds 1,2 --out DIR --backend wasm\n.*Trained on wasm\./s,
    );
    await writeFile(path, JSON.stringify(config({ epochs: 2 })));
    await expect(experiments['accuracy-vs-lambda'].run(options)).rejects.toThrow('another configuration');
    await expect(experiments.seeds.run({ ...options, seeds: [1, 1] })).rejects.toThrow(
      'model-counts_seed-1: this run is asked for twice',
    );
  });

  it('reports of several runs of one configuration lie side by side, or are refused', async () => {
    const runs = [0, 1].map((fold) => join(folder, `folds/runs/model-counts_seed-3_fold-${fold}`));
    const out = join(folder, 'reports');
    const { files } = await experiments.report.run({ ...sweep, runs, out });
    expect(new Set(files)).toHaveProperty('size', 10);
    expect((await readdir(out)).sort()).toEqual(runs.map((run) => basename(run)));
    const twice = experiments.report.run({ ...sweep, runs: [`${runs[0]}/`, runs[0] as string], out });
    await expect(twice).rejects.toThrow('two of the run folders are called "model-counts_seed-3_fold-0"');
  });

  it('a table of runs with different metrics has a column for each', () => {
    const runs = [
      { setting: { seed: 1 }, config: config(), folder: 'runs/1', backend: 'wasm', metrics: { testAccuracy: 1 } },
      {
        setting: { seed: 2 },
        config: config(),
        folder: 'runs/2',
        backend: 'wasm',
        metrics: { testAccuracy: 0.5, testKl: 3 },
      },
    ];
    expect(resultsCsv(runs)).toBe('seed,testAccuracy,testKl\n1,1,\n2,0.5,3\n');
  });
});
