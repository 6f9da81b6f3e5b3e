import { mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Job } from '../../../../../core/scoring/job.ts';
import type { BatchResult } from '../../../../../core/scoring/merge.ts';
import { tensor } from '../../../../../core/tensor.ts';
import { openJournal } from '../../../../../serve/commands/score/running/journal.ts';

const digest = 'b'.repeat(64);
const job: Job = {
  models: [{ name: 'a', version: '1', digest }],
  data: { name: 'set', count: 3, digest },
  metrics: ['faithfulness'],
  attributions: [],
  seed: 0,
  batch: 1,
};

const result = (batch: number): BatchResult => ({
  model: 0,
  batch,
  scores: {
    rows: Int32Array.of(batch),
    labels: Int32Array.of(1),
    predicted: Int32Array.of(batch % 2),
    concepts: tensor(Float32Array.of(0.1, -batch), [1, 2]),
    relevances: tensor(Float32Array.of(1, 2, 3, 1e-30), [1, 2, 2]),
    values: { faithfulness: [batch / 3], stability: { value: null, reason: 'none' } },
    attributions: {
      occlusion: {
        values: tensor(Float32Array.of(1, 2), [1, 2]),
        baseline: [0, 1],
        compared: { faithfulness: { value: null, reason: 'none' }, 'faithfulness.input': [batch / 7] },
      },
    },
  },
  unusable: [{ index: 9, where: 'ü', reason: 'a\nb' }],
});

describe('a journal', () => {
  let folder = '';
  let path = '';
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'senn-journal-'));
    path = join(folder, 'journal.ndjson');
  });
  afterEach(() => rm(folder, { recursive: true }));

  const written = async (): Promise<void> => {
    const journal = await openJournal(folder, job, false);
    await Promise.all([0, 1].map((batch) => journal.writeBatch(result(batch))));
    await journal.writeResult({ model: 0, metric: 'accuracy', result: { value: 0.1 + 0.2 } });
    await journal.close();
  };

  it('gives back the same at once and in another process, where a value is no number too', async () => {
    const { scores, ...rest } = result(0);
    const odd = { ...scores, values: { faithfulness: [Number.NaN, -0, 1 / 3, null] }, attributions: {} };
    const journal = await openJournal(folder, job, false);
    await journal.writeBatch({ ...rest, scores: odd as NonNullable<BatchResult['scores']> });
    const atOnce = await journal.readBatch(0, 0);
    await journal.close();
    const again = await openJournal(folder, job, true);
    const read = await again.readBatch(0, 0);
    await again.close();
    expect(read.scores?.values).toEqual({ faithfulness: [null, 0, 1 / 3, null] });
    expect(atOnce).toEqual(read);
  });

  it('gives back what was written, exactly, in another process too', async () => {
    await written();
    const again = await openJournal(folder, job, true);
    expect(await again.readBatch(0, 1)).toEqual(result(1));
    expect(again.resultOf(0, 'accuracy')).toEqual({ value: 0.1 + 0.2 });
    expect([again.hasBatch(0, 0), again.hasBatch(0, 2), again.hasBatch(1, 0)]).toEqual([true, false, false]);
    await again.remove();
  });

  it('loses no more than what a torn or a flipped line held, wherever it is torn', async () => {
    await written();
    const whole = await readFile(path);
    const ends = [...whole.keys()].filter((i) => whole[i] === 0x0a);
    for (let length = 0; length <= whole.length; length += 37) {
      await writeFile(path, whole);
      await truncate(path, length);
      const again = await openJournal(folder, job, true);
      expect(again.hasBatch(0, 0)).toBe(length > (ends[1] as number));
      expect(again.hasBatch(0, 1)).toBe(length > (ends[2] as number));
      expect(again.resultOf(0, 'accuracy') !== undefined).toBe(length > (ends[3] as number));
      await again.writeBatch(result(2));
      await again.close();
      const last = await openJournal(folder, job, true);
      expect(await last.readBatch(0, 2)).toEqual(result(2));
      await last.close();
    }
    const flipped = Buffer.from(whole);
    flipped[(ends[1] as number) + 40] = 0x20;
    await writeFile(path, flipped);
    const again = await openJournal(folder, job, true);
    expect([again.hasBatch(0, 0), again.hasBatch(0, 1)]).toEqual([true, false]);
    await again.close();
  });

  it('is of one job; without resuming it begins anew', async () => {
    await written();
    await expect(openJournal(folder, { ...job, seed: 1 }, true)).rejects.toThrow('holds another job, of other seed');
    const anew = await openJournal(folder, { ...job, seed: 1 }, false);
    expect(anew.hasBatch(0, 0)).toBe(false);
    await anew.close();
  });
});
