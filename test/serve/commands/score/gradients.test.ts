import { cp, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { explain } from '../../../../core/artefacts/explanation.ts';
import { attributingGraphs } from '../../../../core/attributions/index.ts';
import { integratedGradients } from '../../../../core/attributions/integrated-gradients.ts';
import { emptyInput } from '../../../../core/attributions/shared/baseline.ts';
import { goldenTensorOf } from '../../../../core/golden.ts';
import { randomStream } from '../../../../core/random.ts';
import { scoringReportSchema } from '../../../../core/scoring/report.ts';
import { type OpenSource, sourceOf } from '../../../../core/scoring/source.ts';
import { rowOf, type Tensor } from '../../../../core/tensor.ts';
import { exportRun } from '../../../../export/write/write-model.ts';
import { scoreCommand } from '../../../../serve/commands/score/command.ts';
import { openSession } from '../../../../serve/inference/onnxruntime.ts';
import { loadPredictor, readGolden, readModelFolder } from '../../../../serve/models/model-folder.ts';
import { inFolder } from '../../../../training/files/make-folder.ts';
import { expectClose } from '../../../helpers/close.ts';
import { testModels } from '../../../helpers/models.ts';

/** Attributions through `gradient.onnx` of models that the repository ships. */

const names = ['compas-senn', 'mnist-disenn'] as const;
let root = '';
let inputs: Tensor;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'senn-score-gradients-'));
  for (const name of names) {
    await cp(join(testModels, name), join(root, name), { recursive: true });
    await exportRun(join(root, name), join(root, name), { gradients: true });
  }
  inputs = goldenTensorOf(await readGolden(await readModelFolder(join(root, 'mnist-disenn'))), 'input');
});
afterAll(() => rm(root, { recursive: true }));

describe.each(names)('integrated gradients of %s', (name) => {
  it('sum to f(x) − f(baseline), the logits of the predicted class', async () => {
    const graphsOf = (manifest: Parameters<typeof attributingGraphs>[0]) =>
      attributingGraphs(manifest, ['integrated-gradients']);
    const predictor = await loadPredictor(join(root, name), openSession, graphsOf);
    const input = goldenTensorOf(await readGolden(await readModelFolder(join(root, name))), 'input');
    const logitsOf = async (x: Tensor) => {
      const { concepts, relevances } = await predictor.forward(x);
      return explain(concepts, relevances).map(({ logits }) => logits);
    };
    const logits = await logitsOf(input);
    const classes = Int32Array.from(logits, (own) => own.indexOf(Math.max(...own)));
    const baseline = emptyInput(predictor.manifest);
    const [empty = []] = await logitsOf({ shape: [1, ...baseline.shape], data: baseline.data });
    const options = { randomOf: () => randomStream(0), baseline };
    const { values } = await integratedGradients.attribute(predictor, input, classes, options);
    const sums = logits.map((_, n) => rowOf(values, n).reduce((sum, value) => sum + value, 0));
    const expected = logits.map(
      (own, n) => (own[classes[n] as number] as number) - (empty[classes[n] as number] as number),
    );
    expectClose(sums, expected, { absolute: 0, relative: 1e-2 });
    await predictor.close();
  });
});

describe('senn score --attributions', () => {
  const digits: OpenSource = async (name) => sourceOf({ name, input: inputs }, '0'.repeat(64));
  const attributed = 'saliency,gradient-input,integrated-gradients,smoothgrad';

  const scored = async (model: string, out: string, threads: number): Promise<unknown> => {
    vi.spyOn(console, 'log').mockImplementation(() => undefined);
    vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    const args = ['--model', model, '--data', 'digits:test', '--out', out, '--threads', String(threads)];
    const asked = ['--attributions', attributed, '--queries', '8', '--batch', '2'];
    await scoreCommand({ openSource: digits, inFolder })
      .exitOverride()
      .configureOutput({ writeErr: () => {} })
      .parseAsync([...args, ...asked], { from: 'user' })
      .finally(() => vi.restoreAllMocks());
    return JSON.parse(await readFile(out, 'utf8'));
  };

  it('judges them beside the others, the same in one thread and in two', async () => {
    const model = join(root, 'mnist-disenn');
    const reports = [];
    for (const threads of [1, 2]) reports.push(await scored(model, join(root, `report-${threads}.json`), threads));
    const [one, two] = reports.map((report) => scoringReportSchema.parse(report).attributions);
    expect(Object.keys(one ?? {})).toEqual(attributed.split(','));
    expect(two).toEqual(one);
    for (const { explains, metrics } of Object.values(one ?? {})) {
      expect(explains).toBe('logit');
      expect(metrics['faithfulness.input']).toMatchObject({ count: inputs.shape[0] });
    }
  });

  it('refuses a model without its gradient before any work', async () => {
    const asked = scored(join(testModels, 'mnist-disenn'), join(root, 'never.json'), 1);
    await expect(asked).rejects.toMatchObject({
      code: 'invalid_config',
      message: expect.stringContaining('attribution saliency needs gradient.onnx, which model "mnist-disenn" has not'),
    });
  });
});
