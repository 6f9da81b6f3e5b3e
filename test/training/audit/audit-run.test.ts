import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { auditOf } from '../../../core/metrics/audit-of.ts';
import { exportRun } from '../../../export/write/write-model.ts';
import { sessionOpener } from '../../../serve/inference/onnxruntime.ts';
import { loadPredictor } from '../../../serve/models/model-folder.ts';
import { auditRun } from '../../../training/audit/audit-run.ts';
import { loadDataset } from '../../../training/datasets/index.ts';
import { trainingInputs } from '../../../training/datasets/scoring/set.ts';
import { kinds } from '../../../training/kinds/index.ts';
import { prepare } from '../../../training/run/prepare.ts';
import { auditLines } from '../../../training/terminal.ts';
import { expectClose } from '../../helpers/close.ts';
import { config, folder, run, useTable } from '../run/counts.ts';

useTable();

describe('the audit of a run', () => {
  it('is of the held-out inputs, in its record and on disk, and says on what', async () => {
    const told: string[] = [];
    const record = await run('audited', {}, { onAudit: (data) => told.push(data) });
    expect(record.audit).toMatchObject({ data: 'csv:validation', figures: { accuracy: expect.any(Number) } });
    expect(told).toEqual(['csv:validation']);
    const { heldOut } = prepare(config(), await loadDataset(config().data));
    expect(record.audit?.count).toBe(heldOut?.split.labels.length);
    expect(JSON.parse(await readFile(join(folder, 'audited/run.json'), 'utf8')).audit).toEqual(record.audit);
  });

  it('is of the test set where none are held out, and says so', async () => {
    const { data } = config();
    const record = await run('unheld', { data: { ...data, validation: 0 } });
    expect(record.audit?.data).toBe('csv:test');
    expect(record.audit?.figures['accuracy']).toBe(record.metrics['testAccuracy']);
  });

  it('is what ONNX Runtime finds on the exported model, and the manifest keeps it', async () => {
    const record = await run('exported');
    const { manifest } = await exportRun(join(folder, 'exported'), join(folder, 'models/counts'));
    expect(manifest.audit).toEqual(record.audit);
    const { heldOut, train } = prepare(config(), await loadDataset(config().data));
    const { shape, labels, gather } = (heldOut as NonNullable<typeof heldOut>).split;
    const input = { shape, data: gather(Int32Array.from(labels.keys())) };
    const training = async (most: number) => trainingInputs(train.split, most);
    const predictor = await loadPredictor(join(folder, 'models/counts'), sessionOpener());
    const again = await auditOf(predictor, { name: 'csv:validation', input, labels, training }, 3);
    await predictor.close();
    expect(Object.keys(again.figures)).toEqual(Object.keys(record.audit?.figures ?? {}));
    for (const [name, figure] of Object.entries(record.audit?.figures ?? {})) {
      const other = again.figures[name] ?? null;
      if (figure === null || other === null) expect(other, name).toBe(figure);
      else expectClose(other, figure, { absolute: 2e-3, relative: 2e-3 });
    }
  });

  it('leaves no tensors behind', async () => {
    const record = await run('tensors');
    const workspace = prepare(config(), await loadDataset(config().data));
    await auditRun(record, kinds.senn.graphs, workspace);
    const before = tf.memory().numTensors;
    await auditRun(record, kinds.senn.graphs, workspace);
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe('an audit on the terminal', () => {
  it('is a short table with its sentence below', () => {
    const figures = { accuracy: 0.98765, 'leak.permuted': 0.25, 'leak.permuted.floor': 0.1, completeness: null };
    expect(auditLines({ data: 'csv:validation', count: 24, figures })).toEqual([
      'audit on csv:validation, 24 inputs',
      '  accuracy       0.9877',
      '  leak.permuted    0.25  floor 0.1',
      '  completeness        –',
      expect.stringContaining('The reasons shown are only a part of'),
    ]);
    expect(auditLines(undefined)).toEqual([]);
  });
});
