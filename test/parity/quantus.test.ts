import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import type { MetricName } from '../../core/metrics/metric.ts';
import { scoringReportSchema } from '../../core/scoring/report.ts';
import { expectClose } from '../helpers/close.ts';
import { testModels } from '../helpers/models.ts';
import { mnistFolder, pythonWith } from './python.ts';

/** Our metrics beside the package Quantus, with the same explanations, removals and draws; and where docs/scores.md says that it errs. */

const execute = promisify(execFile);
const checkout = join(import.meta.dirname, '../..');

const { python, hasPackages } = await pythonWith('SENN_EXPLAINERS', 'onnxruntime', 'quantus');

const [COUNT, SEED] = [400, 7];

interface Answer {
  readonly same: Readonly<Partial<Record<MetricName, number>>>;
  readonly other: Readonly<Record<string, Readonly<Record<string, number | boolean>>>>;
}

const names: readonly MetricName[] = [
  ...(['gini', 'entropy', 'estimate', 'correlation', 'monotonicity.correlation', 'deletion'] as const),
  ...(['sensitivity.max', 'sensitivity.avg', 'lipschitz', 'random-logit'] as const),
];

describe.skipIf(!hasPackages)('Quantus 0.6.0', () => {
  it('gives the same ten figures within 1e-4 of mnist-disenn, and errs where the documentation says so', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'senn-parity-'));
    try {
      const [model, out] = [join(testModels, 'mnist-disenn'), join(folder, 'report.json')];
      const set = ['--data', 'mnist:test', '--first', `${COUNT}`, '--seed', `${SEED}`, '--metrics', names.join()];
      const script = join(import.meta.dirname, 'metrics/quantus_scores.py');
      const [{ stdout }] = await Promise.all([
        execute(python, [script, model, mnistFolder, `${COUNT}`, `${SEED}`]),
        execute(process.execPath, [join(checkout, 'bin/senn.js'), 'score', '--model', model, ...set, '--out', out]),
      ]);
      const { same, other } = JSON.parse(stdout) as Answer;
      const { metrics } = scoringReportSchema.parse(JSON.parse(await readFile(out, 'utf8')));
      const ours = names.map((name) => {
        const told = metrics[name] ?? expect.fail(`no ${name} in the report`);
        return ('mean' in told ? told.mean : 'value' in told ? told.value : null) ?? Number.NaN;
      });
      expect(Object.keys(same).sort()).toEqual([...names].sort());
      expectClose(
        ours,
        names.map((name) => same[name] ?? Number.NaN),
        { absolute: 1e-4, relative: 0 },
      );
      expect(other['Monotonicity']).toEqual({ own: 1, reversed: 1 });
      expect(other['MonotonicityCorrelation']).toEqual({ 'fails where some p are below eps': true });
      expect(other['SensitivityN']).toEqual({ 'is that of the first batch': true });
      expect(other['PixelFlipping']).toEqual({ 'numpy.trapz is there': false });
      expect(other['EffectiveComplexity']).toMatchObject({ first: 10, 'first, beside larger ones': 0 });
      const { mean, 'of all but one far away': far } = other['Sufficiency'] ?? {};
      expect(far).toBeLessThan((mean as number) / 1.2);
      const relative = other['RelativeInputStability'] ?? {};
      expect(relative['without value']).toBe(relative['a class changes']);
      expect(relative['without value']).toBeGreaterThan(0);
      expect(relative['mean']).toBeLessThan((relative['of lengths'] as number) / 1e4);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
