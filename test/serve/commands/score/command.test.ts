import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { chooseMetrics } from '../../../../core/metrics/choose.ts';
import type { Need } from '../../../../core/metrics/evidence/evidence.ts';
import type { MetricReport } from '../../../../core/metrics/report.ts';
import { scoringReportSchema as reportSchema } from '../../../../core/scoring/report.ts';
import { chooseInputs } from '../../../../core/scoring/sample.ts';
import { type OpenSource, sourceOf } from '../../../../core/scoring/source.ts';
import { concatRows, tensor } from '../../../../core/tensor.ts';
import { scoreCommand } from '../../../../serve/commands/score/command.ts';
import { inFolder } from '../../../../training/files/make-folder.ts';
import { testModels } from '../../../helpers/models.ts';
import { tableFeatures, writeTableModel } from '../../../helpers/table-model.ts';

const model = join(testModels, 'mnist-disenn');

/** Of nothing: the sets of these tests are made here. */
const DIGEST = '0'.repeat(64);

/** Forty images with a square each, at a place of its own. */
const squares: OpenSource = async (name, { first = 40 }) => {
  const N = Math.min(first, 40);
  const data = new Float32Array(N * 784);
  for (let n = 0; n < N; n++) {
    for (let i = 0; i < 36; i++)
      data[n * 784 + (4 + (n % 8) * 2 + (i % 6)) + 28 * (4 + (n >> 3) * 3 + Math.floor(i / 6))] = 1;
  }
  const labels = Int32Array.from({ length: N }, (_, n) => n % 10);
  return sourceOf({ name, input: tensor(data, [N, 1, 28, 28]), labels }, DIGEST);
};

/** Those of them that are asked for, as sources out of files choose them. */
const chosenSquares: OpenSource = async (name, { input, ...choice }) => {
  const whole = await squares(name, { input });
  const { placeOf, ...chosen } = chooseInputs(whole.count, choice);
  const read: typeof whole.read = async (start, end) => {
    const parts = await Promise.all(
      Array.from({ length: end - start }, (_, i) => whole.read(placeOf(start + i), placeOf(start + i) + 1)),
    );
    return {
      rows: Int32Array.from(parts, (_, i) => start + i),
      input: concatRows(parts.map((part) => part.input)),
      labels: Int32Array.from(parts, ({ labels }) => labels?.[0] as number),
      unusable: [],
    };
  };
  return { ...whole, ...chosen, read };
};

describe('senn score', () => {
  let folder = '';
  let out = '';
  const printed: string[] = [];

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'senn-score-'));
    out = join(folder, 'report.json');
    printed.length = 0;
    vi.spyOn(console, 'log').mockImplementation((line: string) => void printed.push(line));
    vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  });
  afterEach(async () => {
    vi.restoreAllMocks();
    await rm(folder, { recursive: true });
  });

  const run = (openSource: OpenSource, ...args: string[]) =>
    scoreCommand({ openSource, inFolder })
      .exitOverride()
      .configureOutput({ writeErr: () => {} })
      .parseAsync(
        [
          ...(args.includes('--model') ? [] : ['--model', model]),
          '--data',
          'squares:test',
          '--out',
          out,
          '--threads',
          '1',
          ...args,
        ],
        {
          from: 'user',
        },
      );

  it('writes the report, prints a table and leaves no other file', async () => {
    await run(squares);
    const report = reportSchema.parse(JSON.parse(await readFile(out, 'utf8')));
    expect(report).toMatchObject({ model: 'mnist-disenn', data: 'squares:test', count: 40 });
    expect(Object.keys(report.metrics)).toEqual(['faithfulness', 'stability']);
    for (const { count, withoutValue } of Object.values(report.metrics) as MetricReport<'input'>[]) {
      expect(count + withoutValue).toBe(40);
    }
    expect(printed.join('\n')).toMatch(/^mnist-disenn on squares:test: 40 inputs[\s\S]*faithfulness[\s\S]*stability/);
    expect(await readdir(folder)).toEqual(['report.json']);
  });

  it('prints the report itself with --json', async () => {
    await run(squares, '--json', '--first', '12', '--metrics', 'stability');
    expect(`${printed.join('\n')}\n`).toBe(await readFile(out, 'utf8'));
    expect(JSON.parse(printed.join('\n'))).toMatchObject({ count: 12, metrics: { stability: { direction: 'lower' } } });
    expect(Object.keys(JSON.parse(printed.join('\n')).metrics)).toEqual(['stability']);
  });

  it('writes one line an input with --per-input', async () => {
    const path = join(folder, 'inputs.ndjson');
    await run(squares, '--per-input', path, '--first', '15');
    const lines = (await readFile(path, 'utf8'))
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines.map(({ index }) => index)).toEqual([...Array(15).keys()]);
    expect(lines[11]).toEqual({
      index: 11,
      label: 1,
      predicted: expect.any(Number),
      faithfulness: expect.any(Number),
      stability: expect.any(Number),
    });
  });

  it('scores a sample with --limit, which the seed draws, and tells where each input stands in the set', async () => {
    const path = join(folder, 'inputs.ndjson');
    const indices = async (seed: string) => {
      await run(chosenSquares, '--per-input', path, '--limit', '8', '--seed', seed, '--metrics', 'gini');
      const lines = (await readFile(path, 'utf8')).trimEnd().split('\n');
      const rows = lines.map((line) => JSON.parse(line) as { index: number; label: number });
      expect(rows.every(({ index, label }) => label === index % 10)).toBe(true);
      return rows.map(({ index }) => index);
    };
    const drawn = await indices('3');
    expect(drawn.map((index) => Math.floor(index / 5))).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    expect(await indices('3')).toEqual(drawn);
    expect(await indices('4')).not.toEqual(drawn);
    expect(JSON.parse(await readFile(out, 'utf8')).job.data).toMatchObject({ count: 8, of: 40 });
    expect(printed.at(-1)).toMatch(/: 8 inputs of 40, drawn by seed 4, in /);
  });

  it('computes what the set allows with --metrics all, and says why a metric has no value', async () => {
    const path = join(folder, 'inputs.ndjson');
    await run(squares, '--metrics', 'all', '--first', '12', '--per-input', path);
    const { metrics } = reportSchema.parse(JSON.parse(await readFile(out, 'utf8')));
    const labelled = new Set<Need>(['explanations', 'predictions', 'predictor', 'moves', 'ball', 'removals', 'labels']);
    expect(Object.keys(metrics)).toEqual(chooseMetrics(['all'], labelled, 'squares'));
    expect(Object.keys(metrics)).not.toContain('mig');
    expect(metrics['leak.permuted']).toEqual({
      direction: 'lower',
      value: expect.any(Number),
      figures: { floor: expect.any(Number), accuracy: expect.any(Number) },
      interval: [expect.any(Number), expect.any(Number)],
    });
    expect(metrics['faithfulness.decoded']).toMatchObject({ direction: 'higher' });
    expect(metrics).not.toHaveProperty('completeness');
    const [line = ''] = (await readFile(path, 'utf8')).split('\n');
    expect(JSON.parse(line)).toMatchObject({ faithfulness: expect.any(Number), stability: expect.any(Number) });
    expect(JSON.parse(line)).not.toHaveProperty(['leak.permuted']);
  });

  it('draws everything from --seed', async () => {
    const leak = async (...args: string[]) => {
      await run(squares, '--metrics', 'leak.permuted', ...args);
      return JSON.parse(await readFile(out, 'utf8')).metrics['leak.permuted'].value;
    };
    const zero = await leak();
    expect(await leak('--seed', '0')).toBe(zero);
    const others = [await leak('--seed', '1'), await leak('--seed', '2'), await leak('--seed', '3')];
    expect(new Set([zero, ...others]).size).toBeGreaterThan(1);
  });

  it('refuses a metric whose needs are not met, before anything is explained', async () => {
    const unlabelled: OpenSource = async (name, options) => {
      const { labelled: _, ...rest } = await squares(name, options);
      return { ...rest, labelled: false };
    };
    await expect(run(unlabelled, '--metrics', 'faithfulness,leak.permuted')).rejects.toThrow(
      expect.objectContaining({
        code: 'invalid_config',
        message: 'metric leak.permuted needs the true classes of the inputs; squares:test does not give them',
      }),
    );
    expect(vi.mocked(process.stderr.write)).not.toHaveBeenCalled();
    expect(await readdir(folder)).toEqual([]);
  });

  it('attributes with --attributions: what to in the report, the values an input a line', async () => {
    const path = join(folder, 'inputs.ndjson');
    await run(squares, '--attributions', 'occlusion', '--first', '2', '--per-input', path);
    const { attributions } = reportSchema.parse(JSON.parse(await readFile(out, 'utf8')));
    expect(attributions).toMatchObject({
      occlusion: { source: expect.stringContaining('Zeiler'), count: 2, baseline: 0, over: 'input', explains: 'logit' },
    });
    const { faithfulness, 'faithfulness.input': input } = attributions?.['occlusion']?.metrics ?? {};
    expect(faithfulness).toMatchObject({
      count: 0,
      withoutValue: 2,
      reason: expect.stringContaining('the concepts are not'),
    });
    expect(input).toMatchObject({ count: 2, withoutValue: 0 });
    const [line = ''] = (await readFile(path, 'utf8')).split('\n');
    const { occlusion } = JSON.parse(line).attributions;
    expect([occlusion.length, occlusion[0].length]).toEqual([28, 28]);
    expect(printed.join('\n')).toMatch(/^occlusion +– +– +0\.\d+ +0\.\d+ … 0\.\d+ +logit +170$/m);
  });

  it('gives the same figures every time', async () => {
    const metricsOf = async () => {
      await run(squares);
      return JSON.parse(await readFile(out, 'utf8')).metrics;
    };
    expect(await metricsOf()).toEqual(await metricsOf());
  });

  it.each([
    [['--metrics', 'faithfulnes'], 'unknown metric "faithfulnes"; choose audit, paper, all,'],
    [['--metrics', ''], '"" names no metric; choose audit, paper, all,'],
    [['--attributions', 'oclusion'], 'unknown attribution "oclusion"; choose contributions, occlusion'],
    [['--seed', '-1'], 'seed: must be a whole number from 0 on, got "-1"'],
    [['--limit', '0'], 'limit: must be a whole number above 0, got "0"'],
    [['--limit', '3', '--first', '3'], 'first: is another choice than --limit'],
    [['--limit', '-3'], 'got "-3"'],
    [['--limit', '1.5'], 'got "1.5"'],
    [['--out', 'report.pdf'], 'out: its ending ".pdf" must be .json'],
    [['--per-input', 'inputs.json'], 'perInput: its ending ".json" must be .jsonl or .ndjson'],
    [['--out', '/nowhere/report.json'], '/nowhere/report.json: cannot be written (ENOENT'],
  ])('refuses %j as wrong usage, before any work', async (args, message) => {
    const openSource = vi.fn(squares);
    await expect(run(openSource, ...args)).rejects.toThrow(
      expect.objectContaining({ code: 'invalid_config', message: expect.stringContaining(message) }),
    );
    expect(openSource).not.toHaveBeenCalled();
  });

  it('refuses to write both files in one place', async () => {
    const path = join(folder, 'report');
    await expect(run(squares, '--out', path, '--per-input', path)).rejects.toThrow('must be another file than --out');
  });

  it('refuses a model that is not there, and an option it does not know', async () => {
    await expect(run(squares, '--model', join(testModels, 'none'))).rejects.toThrow(
      expect.objectContaining({ code: 'invalid_model', message: expect.stringContaining('none') }),
    );
    await expect(run(squares, '--speed', '9')).rejects.toThrow("unknown option '--speed'");
  });

  it.each([
    ['fails to load', async () => Promise.reject(new Error('no such set')), 'no such set'],
    [
      'is empty',
      async () => sourceOf({ name: 'none', input: tensor(new Float32Array(0), [0, 1, 28, 28]) }, DIGEST),
      'none holds no inputs',
    ],
    [
      'has other inputs',
      async () => sourceOf({ name: 'odd', input: tensor(new Float32Array(9), [1, 1, 3, 3]) }, DIGEST),
      'must be [batch, 1, 28, 28]',
    ],
  ] as [string, OpenSource, string][])('leaves nothing behind when the set %s', async (_, openSource, message) => {
    await expect(run(openSource)).rejects.toThrow(message);
    expect(await readdir(folder)).toEqual([]);
  });

  it('scores a model of tables whose rows come many times', async () => {
    await writeTableModel(folder);
    const distinct = 15;
    const openSource: OpenSource = async (name, { input, classes }) => {
      expect(input).toEqual({ kind: 'tabular', features: tableFeatures });
      expect(classes).toEqual(['low', 'medium or high']);
      const rows = Array.from({ length: 20 * distinct }, (_, n) => n % distinct);
      const data = rows.flatMap((i) => [20 + 3 * i, i % 4, i % 2, 0.1 - i / 200]);
      return sourceOf({ name, input: tensor(Float32Array.from(data), [rows.length, 4]) }, DIGEST);
    };
    await run(openSource, '--model', join(folder, 'table'));
    const { metrics, count } = reportSchema.parse(JSON.parse(await readFile(out, 'utf8')));
    expect(count).toBe(20 * distinct);
    expect(metrics.faithfulness).toMatchObject({ count, withoutValue: 0 });
    expect(metrics.stability).toMatchObject({ count, withoutValue: 0 });
  });
});
