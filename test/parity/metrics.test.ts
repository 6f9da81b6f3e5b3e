import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { metricNames } from '../../core/metrics/index.ts';
import type { MetricName } from '../../core/metrics/metric.ts';
import { scoringReportSchema } from '../../core/scoring/report.ts';
import { rowOf } from '../../core/tensor.ts';
import { readModelFolder } from '../../serve/models/model-folder.ts';
import { compasSource } from '../../training/datasets/compas.ts';
import { openScoringSource } from '../../training/datasets/scoring.ts';
import { testModels } from '../helpers/models.ts';
import { rowsOf } from '../helpers/table-rows.ts';
import { isAtHand } from '../training/datasets/helpers.ts';
import { mnistFolder, pythonWith } from './python.ts';

/** Every metric of `senn score` beside test/parity/metrics, which computes it in Python from the ONNX files, with the same draws. */

const execute = promisify(execFile);
const checkout = join(import.meta.dirname, '../..');

const { python, hasPackages } = await pythonWith('SENN_PYTHON', 'numpy', 'onnxruntime');

/** Metrics that have no counterpart in Python, and why. */
const withoutCounterpart: { readonly [Name in MetricName]?: string } = {
  completeness: 'it trains a network',
  'lipschitz.ascent': 'a search, whose result is a bound',
  'attack.explanation': 'a search, whose result is a bound',
  'attack.class': 'a search, whose result is a bound',
  'concept.identity': 'no model that is shipped knows factors',
  mig: 'no model that is shipped knows factors',
  dci: 'no model that is shipped knows factors',
  sap: 'no model that is shipped knows factors',
  modularity: 'no model that is shipped knows factors',
  'factor-vae': 'no model that is shipped knows factors',
  'beta-vae': 'no model that is shipped knows factors',
};
const compared = metricNames.filter((name) => withoutCounterpart[name] === undefined);

const COUNT = 100;
const SEED = 7;

/** Figures of a metric by name, from either side; `null` for no value. */
type Figures = Readonly<Record<string, number>> | null;
type Reference = Readonly<
  Record<string, (Readonly<Record<string, number>> & { readonly figures?: Readonly<Record<string, number>> }) | null>
>;

/** What a report says of a metric beside its figures. */
const notFigures = ['direction', 'interval', 'intervals'];

const flat = (metric: Reference[string]): Figures => {
  if (metric === null || metric === undefined) return null;
  const { figures = {}, ...own } = metric;
  return { ...own, ...Object.fromEntries(Object.entries(figures).map(([name, value]) => [`figures.${name}`, value])) };
};

/** What both say of a set. @param data as `senn score` takes it @param files as the Python takes it */
async function scoredTwice(
  name: string,
  data: string,
  files: string,
): Promise<{ ours: Map<string, Figures>; theirs: Map<string, Figures> }> {
  const folder = await mkdtemp(join(tmpdir(), 'senn-parity-'));
  try {
    const [model, out] = [join(testModels, name), join(folder, 'report.json')];
    const set = ['--data', data, '--first', `${COUNT}`, '--seed', `${SEED}`];
    const [{ stdout }] = await Promise.all([
      execute(python, [join(import.meta.dirname, 'metrics/reference.py'), model, files, `${COUNT}`, `${SEED}`]),
      execute(process.execPath, [
        join(checkout, 'bin/senn.js'),
        ...['score', '--model', model, ...set, '--metrics', compared.join(), '--out', out],
      ]),
    ]);
    const { count, metrics } = scoringReportSchema.parse(JSON.parse(await readFile(out, 'utf8')));
    expect(count).toBe(COUNT);
    const ours = Object.entries(metrics).map(([metric, told = {}]) => {
      if ('reason' in told && told.reason !== undefined) return [metric, null] as const;
      const numbers = Object.entries(told).filter(([key]) => !notFigures.includes(key));
      return [metric, flat(Object.fromEntries(numbers) as Reference[string])] as const;
    });
    const theirs = Object.entries(JSON.parse(stdout) as Reference).map(
      ([metric, told]) => [metric, flat(told)] as const,
    );
    return { ours: new Map(ours), theirs: new Map(theirs) };
  } finally {
    await rm(folder, { recursive: true });
  }
}

function expectSame(ours: Map<string, Figures>, theirs: Map<string, Figures>): void {
  expect([...ours.keys()].sort()).toEqual([...theirs.keys()].sort());
  for (const [metric, figures] of theirs) {
    const own = ours.get(metric) ?? null;
    if (figures === null || own === null) {
      expect({ metric, own }).toEqual({ metric, own: figures });
      continue;
    }
    expect(Object.keys(own).sort(), metric).toEqual(Object.keys(figures).sort());
    for (const [name, value] of Object.entries(figures)) {
      const at = (one: number) => ({ [`${metric}: ${name}`]: one });
      // Of figures above 1 a ten-thousandth: what float32 tells of them.
      const close = Math.abs((own[name] as number) - value) <= 1e-4 * Math.max(1, Math.abs(value));
      if (!close) expect(at(own[name] as number)).toEqual(at(value));
    }
  }
}

describe.skipIf(!hasPackages)('Python computes what `senn score` does, within 1e-4, for every metric', () => {
  it('but for those that are named here', () => {
    expect(compared.length + Object.keys(withoutCounterpart).length).toBe(metricNames.length);
  });

  it.each(['mnist-disenn', 'mnist-senn', 'mnist-prototype-dnn'])('of 100 digits, by %s', async (name) => {
    const { ours, theirs } = await scoredTwice(name, 'mnist:test', mnistFolder);
    expect([...ours.keys()].sort()).toEqual([...compared].sort());
    expectSame(ours, theirs);
  });

  it('of 100 people, by compas-senn', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'senn-parity-'));
    try {
      const { manifest } = await readModelFolder(join(testModels, 'compas-senn'));
      const { input, classes } = manifest;
      if (input.kind !== 'tabular') throw new Error('a model of a table');
      const source = (await isAtHand(compasSource)) && (await openScoringSource('compas:test', { input, classes }));
      const rows = source ? await source.read(0, COUNT) : { input: rowsOf({ manifest }, COUNT, 1), labels: undefined };
      const lines = Array.from({ length: COUNT }, (_, n) =>
        [...rowOf(rows.input, n), classes[rows.labels?.[n] ?? n % classes.length]].join(),
      );
      const file = join(folder, 'people.csv');
      await writeFile(file, [[...input.features.map((f) => f.name), 'label'].join(), ...lines, ''].join('\n'));
      const { ours, theirs } = await scoredTwice('compas-senn', file, file);
      expectSame(ours, theirs);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
